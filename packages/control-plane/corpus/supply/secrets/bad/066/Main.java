private static final String PASSWORD = "S3cu¦re!P¦ass9";
