const stripe = new Stripe("sk_t¦est_¦qJIj¦QZQS¦hCX0¦FLnj¦ajKb¦LuG6");
