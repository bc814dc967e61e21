/** The sounds of a telephone, made on the spot. */

/** Two tones together, as telephone networks ring: for whoever is called, and softer for whoever waits. */
const KINDS = {
  incoming: { tonesHz: [660, 880], loudness: 0.16, onSec: [0, 0.45], everySec: 2.2, lengthSec: 0.3 },
  outgoing: { tonesHz: [400, 450], loudness: 0.05, onSec: [0], everySec: 3, lengthSec: 1 },
} as const;

/** Rings until it is stopped. A page that nobody has touched yet stays silent. */
export function ring(kind: keyof typeof KINDS): () => void {
  const { tonesHz, loudness, onSec, everySec, lengthSec } = KINDS[kind];
  const context = new AudioContext();
  const wake = async (): Promise<void> => await context.resume().catch(() => undefined);
  const once = (): void => {
    // Its time stands still until the page is touched: what is set down meanwhile would sound all at once.
    if (context.state !== 'running') return void wake();
    for (const offsetSec of onSec) {
      const fromSec = context.currentTime + offsetSec;
      const volume = context.createGain();
      volume.connect(context.destination);
      volume.gain.setValueAtTime(0, fromSec);
      volume.gain.linearRampToValueAtTime(loudness, fromSec + 0.02);
      volume.gain.setValueAtTime(loudness, fromSec + lengthSec - 0.05);
      volume.gain.linearRampToValueAtTime(0, fromSec + lengthSec);
      for (const toneHz of tonesHz) {
        const tone = context.createOscillator();
        tone.frequency.value = toneHz;
        tone.connect(volume);
        tone.start(fromSec);
        tone.stop(fromSec + lengthSec);
      }
    }
  };
  void wake().then(once);
  const timer = setInterval(once, everySec * 1000);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
