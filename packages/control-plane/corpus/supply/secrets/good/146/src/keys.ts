const primaryKey = "user#2024#abcdef12";
const cacheKey = "v2:users:1234567890abcdef";
const publicKey = "1vV0OaSJ3KRvesgaEdBbH5JWlVhF2f0PC54csWeZxr8L";
const idempotencyKey = "order-20261123-000042ab";
