/** The push port. Messages are data-only and high priority; the app decides what to show. */

export interface PushMessage {
  /** All strings, `type` among them. */
  readonly data: Readonly<Record<string, string>>;
  /** Shown by the system itself, for messages that must be seen when the app is not running. */
  readonly notification?: { readonly title: string; readonly body: string };
  /** Seconds after which the message is of no use to anybody. */
  readonly ttlSec: number;
}

export interface PushDevice {
  readonly uid: string;
  readonly deviceId: string;
  readonly token: string;
}

export interface PushGateway {
  /**
   * Sends one message to every device.
   * @returns the devices whose app is gone: their tokens will never take a message again
   * @throws when the provider took none of it, and trying again may help
   */
  send(devices: readonly PushDevice[], message: PushMessage): Promise<{ readonly gone: readonly string[] }>;
}
