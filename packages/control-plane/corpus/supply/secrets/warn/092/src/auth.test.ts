const password = "S3cu¦re!P¦ass9";
