// Generated from the contracts by `npm run docs:api`; do not edit it.

export interface Balance {
  coins: {
    available: number;
    held: number;
    bonus: number;
    purchased: number;
    spent: number;
  };
  earnings: {
    available: number;
    promotional: number;
    pending: number;
    paidOut: number;
    total: number;
  };
}

export interface Call {
  callId: string;
  role: 'caller' | 'callee';
  callerId: string;
  calleeId: string;
  caller: {
    displayName: string;
    imageUrl: string | null;
  };
  callee: {
    displayName: string;
    imageUrl: string | null;
  };
  type: 'audio' | 'video';
  state: 'ringing' | 'connecting' | 'ongoing' | 'ended';
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed' | null;
  coinsPerMinute: number;
  createdAt: string;
  ringExpiresAt: string;
  acceptedAt: string | null;
  connectedAt: string | null;
  grantedUntil: string | null;
  final: boolean;
  endedAt: string | null;
  durationSec: number | null;
  billedMinutes: number | null;
}

export interface CallOfHistory {
  callId: string;
  role: 'caller' | 'callee';
  callerId: string;
  calleeId: string;
  caller: {
    displayName: string;
    imageUrl: string | null;
  };
  callee: {
    displayName: string;
    imageUrl: string | null;
  };
  type: 'audio' | 'video';
  state: 'ringing' | 'connecting' | 'ongoing' | 'ended';
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed' | null;
  coinsPerMinute: number;
  createdAt: string;
  ringExpiresAt: string;
  acceptedAt: string | null;
  connectedAt: string | null;
  grantedUntil: string | null;
  final: boolean;
  endedAt: string | null;
  durationSec: number | null;
  billedMinutes: number | null;
  status: 'ongoing' | 'completed' | 'dropped' | 'missed' | 'rejected' | 'cancelled';
  coinsSpent?: number | undefined;
  earnedCoins?: number | undefined;
}

export interface ListenerCard {
  listenerId: string;
  displayName: string;
  bio: string;
  languages: string[];
  languageKeys: Record<string, true>;
  interests: string[];
  gender: 'male' | 'female' | 'other';
  age: number;
  country: string | null;
  rating: number;
  ratingCount: number;
  callCount: number;
  imageUrl: string | null;
  callTypes: ('audio' | 'video')[];
  rates: {
    audio: number;
    video: number;
  };
  availability: 'available' | 'busy' | 'offline';
  away?: true | undefined;
}

export type Media = {
  provider: 'agora';
  channel: string;
  uid: number;
  token: string;
  appId: string;
  expiresAt: string;
} | {
  provider: 'webrtc';
  iceServers: {
    urls: string[];
    username?: string | undefined;
    credential?: string | undefined;
  }[];
  iceTransportPolicy: 'all' | 'relay';
  signalPath: string;
  polite: boolean;
  signalsExpireAt: string;
  expiresAt: string;
};

export interface Presence {
  userId: string;
  online: boolean;
  lastSeen: string | null;
  busy: boolean;
  available: boolean;
}

export interface Receipt {
  connectedAt: string | null;
  endedAt: string;
  durationSec: number;
  billedMinutes: number;
  endReason: 'completed' | 'rejected' | 'cancelled' | 'no_answer' | 'connect_timeout' | 'connection_lost' | 'coins_exhausted' | 'max_duration' | 'emergency' | 'admin_ended' | 'failed';
  endedBy: 'caller' | 'callee' | 'admin' | 'system';
  evidence: {
    at: string;
    party: 'caller' | 'callee' | 'system';
    source: 'client' | 'media' | 'server';
    event: 'accepted' | 'joined' | 'left' | 'rejoined' | 'extended' | 'cut';
    reason?: string | undefined;
  }[];
  coinsPerMinute?: number | undefined;
  coinsSpent?: number | undefined;
  coinsReleased?: number | undefined;
  earnedCoins?: number | undefined;
}

export interface Transaction {
  transactionId: string;
  type: 'bonus' | 'purchase' | 'hold' | 'release' | 'charge' | 'earning' | 'adjustment';
  asset: 'coin' | 'earned';
  amount: number;
  balanceAfter: number;
  description: string;
  ref: {
    kind: 'call' | 'payment' | 'admin';
    id: string;
  };
  createdAt: string;
}

export interface User {
  userId: string;
  username: string;
  alias: string;
  phone: string | null;
  country: string | null;
  fullName: string | null;
  gender: 'male' | 'female' | 'other';
  dateOfBirth: string | null;
  age: number | null;
  languages: string[];
  bio: string;
  interests: string[];
  location: string | null;
  imageUrl: string | null;
  roles: string[];
  listenerStatus: 'none' | 'pending' | 'approved' | 'rejected';
  createdAt: string;
}

export interface VoiceSample {
  sampleId: string;
  listenerId: string;
  status: 'pending' | 'approved' | 'rejected';
  remarks: string | null;
  uploadedAt: string;
  reviewedAt: string | null;
  audioUrl?: string | undefined;
  audioUrlExpiresAt?: string | undefined;
}
