const nextPageToken = "eyJvZmZzZXQiOjEwMH0x1";
