/** Models with a mistake, to see that a difference would be found. */
import { Model, type Answer, type Ending, type Talk, type Who } from './model.ts';

/** Forgets what it was told under a key. */
export class Forgetful extends Model {
  #count = 0;
  override credit(uid: string, source: string, coins: number): Answer {
    return super.credit(uid, source, coins, `credit ${(this.#count += 1)}`);
  }
}

/** Takes no notice of a ringing that has ended when somebody hangs up. */
export class Lenient extends Model {
  override end(talk: Talk, how: Ending, who: Who): Answer {
    if (talk.state === 'ringing') talk.sinceSec = Math.max(talk.sinceSec, this.nowSec - 1);
    return super.end(talk, how, who);
  }
}

/** Lets the earnings of given coins be paid out. */
export class Openhanded extends Model {
  override lost(talk: Talk, sec: number): void {
    super.lost(talk, sec);
    const purse = this.purse(talk.callee);
    purse.payable += purse.promotional;
    purse.promotional = 0;
  }
}
