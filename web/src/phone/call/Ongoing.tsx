/** In the call: who, how long, what it costs, and the buttons. */
import * as Dialog from '@radix-ui/react-dialog';
import { Mic, MicOff, PhoneOff, Plus, Video, VideoOff } from 'lucide-react';
import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActiveCall, CallState } from '../../../../client/src/index.ts';
import { streams } from '../../streams.ts';
import { Avatar, Problem } from '../../ui/parts.tsx';
import { usePhone } from '../context.ts';
import { useRates, useWork } from '../hooks.ts';
import { LastMinute } from './LastMinute.tsx';
import { Meter } from './Meter.tsx';
import { coinsLengthen } from './paidTime.ts';
import { nameOf } from './Ringing.tsx';

interface OngoingProps {
  readonly call: ActiveCall;
  readonly state: CallState;
}

/** Connecting looks alike, so that nothing jumps when the talk begins. */
export function Ongoing({ call, state }: OngoingProps): ReactNode {
  const { t } = useTranslation();
  const name = nameOf(state);
  const rates = useRates();
  const byCoins = state.call !== undefined && coinsLengthen(state.call, rates?.rates.maxMinutes);
  const isVideo = state.call?.type === 'video';
  return (
    <div className="ongoing">
      <Media isVideo={isVideo} cameraOn={state.cameraOn} />
      <div className="call-head">
        {!isVideo && <Avatar name={name} size="large" />}
        <Dialog.Title className="call-name">{name}</Dialog.Title>
        <Dialog.Description role="status" className="call-kind">
          {state.phase === 'connecting'
            ? t('call.connecting')
            : state.reconnecting
              ? t('call.reconnecting')
              : ''}
        </Dialog.Description>
      </div>
      {state.phase === 'ongoing' && <Meter call={call} state={state} rates={rates} byCoins={byCoins} />}
      {state.role === 'caller' && <LastMinute call={call} byCoins={byCoins} />}
      <Buttons call={call} state={state} byCoins={byCoins} />
    </div>
  );
}

/** Sound of the other party, and both pictures where there are any. */
function Media({ isVideo, cameraOn }: { readonly isVideo: boolean; readonly cameraOn: boolean }): ReactNode {
  const { t } = useTranslation();
  const { local, remote } = useSyncExternalStore(streams.onChange, streams.get);
  if (!isVideo) return <Player stream={remote} label={t('call.sound')} className="unseen" />;
  return (
    <div className="pictures">
      <Player stream={remote} label={t('call.theirPicture')} className="their-picture" />
      {cameraOn && <Player stream={local} label={t('call.ownPicture')} className="own-picture" silent />}
    </div>
  );
}

interface PlayerProps {
  readonly stream: MediaStream | undefined;
  readonly label: string;
  readonly className: string;
  readonly silent?: boolean;
}

function Player({ stream, label, className, silent = false }: PlayerProps): ReactNode {
  const player = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = player.current;
    if (element === null || element.srcObject === stream) return;
    element.srcObject = stream ?? null;
    // Refused until the page was touched; whoever is in a call has done so.
    if (stream !== undefined) void element.play().catch(() => undefined);
  }, [stream]);
  return <video ref={player} className={className} aria-label={label} muted={silent} autoPlay playsInline />;
}

interface ButtonsProps extends OngoingProps {
  readonly byCoins: boolean;
}

function Buttons({ call, state, byCoins }: ButtonsProps): ReactNode {
  const { t } = useTranslation();
  const { endCall, openTopUp } = usePhone();
  const { problem, run } = useWork(state.call?.type);
  // Its own work: a microphone that does not answer must not keep anybody from hanging up.
  const hangUp = useWork();
  const { muted, cameraOn, role } = state;
  return (
    <>
      <Problem text={hangUp.problem ?? problem} />
      <div className="call-buttons">
        <button
          type="button"
          className="round"
          aria-pressed={muted}
          onClick={() => run(async () => await call.mute(!muted))}
        >
          {muted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
          <span>{t('call.mute')}</span>
        </button>
        {state.call?.type === 'video' && (
          <button
            type="button"
            className="round"
            aria-pressed={!cameraOn}
            onClick={() => run(async () => await call.camera(!cameraOn))}
          >
            {cameraOn ? <Video aria-hidden /> : <VideoOff aria-hidden />}
            <span>{t('call.cameraOff')}</span>
          </button>
        )}
        {role === 'caller' && byCoins && (
          <button type="button" className="round" onClick={openTopUp}>
            <Plus aria-hidden />
            <span>{t('call.topUp')}</span>
          </button>
        )}
        <button
          type="button"
          className="round end"
          disabled={hangUp.busy}
          onClick={() => hangUp.run(endCall)}
        >
          <PhoneOff aria-hidden />
          <span>{t('call.end')}</span>
        </button>
      </div>
    </>
  );
}
