const schema = z.object({ password: z.string().min(12), token: z.string().uuid() });
