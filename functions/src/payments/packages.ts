/** What can be bought. */
import type { z } from 'zod';
import type { AppPorts } from '../ports.ts';
import type { Pricing } from '../settings.ts';
import type { packagesContract } from './contract.ts';

/** The packages of the settings that are not taken off sale. */
export function packagesOnSale({ packages }: Pricing): Pricing['packages'] {
  return packages.filter(({ active }) => active);
}

/** The public list, from the settings in force. */
export async function listPackages(ports: AppPorts): Promise<z.input<typeof packagesContract.output>> {
  const { pricing } = await ports.settings();
  return { items: packagesOnSale(pricing) };
}
