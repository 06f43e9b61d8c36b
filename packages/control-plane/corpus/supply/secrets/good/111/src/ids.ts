const tokenId = "550e8400-e29b-41d4-a716-446655440000";
const secretVersion = "9b2d7c1e-0f3a-4b5c-8d6e-7f8091a2b3c4";
const sessionToken = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
