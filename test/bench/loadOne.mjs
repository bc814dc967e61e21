// Loads one module in a process of its own and tells what that took: milliseconds on the clock and of the processor, and
// the memory of the process in megabytes.
import { pathToFileURL } from 'node:url';

const BYTES_IN_MB = 1024 * 1024;
const beginMs = performance.now();
const begin = process.cpuUsage();
await import(pathToFileURL(process.argv[2]).href);
const { user, system } = process.cpuUsage(begin);
const wallMs = performance.now() - beginMs;
const mb = process.memoryUsage.rss() / BYTES_IN_MB;
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, mb }));
// Nothing of what was loaded may keep the process.
process.exit(0);
