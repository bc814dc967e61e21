/** What a page has for calls from app to app: connections, a microphone, and something to play sound with. */

/** What a page has, and what React Native gets from react-native-webrtc. */
export interface WebrtcPlatform {
  newConnection(configuration: object): unknown;
  openMicrophone(constraints: { audio: true; video: boolean }): Promise<unknown>;
}

/** What is used of a page. */
interface Page {
  readonly RTCPeerConnection: new (configuration: object) => unknown;
  readonly navigator: { readonly mediaDevices: { getUserMedia(constraints: object): Promise<unknown> } };
  readonly Audio?: new () => { srcObject: unknown; play(): Promise<void>; pause(): void };
}

const page = (): Page => globalThis as unknown as Page;

/** The browser's own. */
export const pagePlatform: WebrtcPlatform = {
  newConnection: (configuration) => new (page().RTCPeerConnection)(configuration),
  openMicrophone: async (constraints) => await page().navigator.mediaDevices.getUserMedia(constraints),
};

/** Plays a stream without showing anything; silent where there is no page. @returns what ends it */
export function playSound(stream: unknown): () => void {
  const Sound = page().Audio;
  if (Sound === undefined) return () => undefined;
  const sound = new Sound();
  sound.srcObject = stream;
  // Refused until the person has touched the page, which they have to place or take a call.
  sound.play().catch(() => undefined);
  return () => {
    sound.pause();
    sound.srcObject = null;
  };
}
