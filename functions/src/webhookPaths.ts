/** Where each provider finds its webhook, below the function `webhooks`. Razorpay refuses addresses that name it. */
export const WEBHOOK_PATHS = { agora: 'agora', razorpay: 'payments', whatsapp: 'whatsapp' } as const;
