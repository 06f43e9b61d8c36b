if (text.startsWith("-----BEGIN RSA PRIVATE KEY-----")) return "pkcs1";
const body = text.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "");
