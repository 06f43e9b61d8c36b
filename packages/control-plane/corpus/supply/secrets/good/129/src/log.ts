logger.info("password changed", { userId });
throw new Error("token: invalid signature for key 2048");
