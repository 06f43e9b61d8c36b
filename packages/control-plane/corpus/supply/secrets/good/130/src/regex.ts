const TOKEN = /[A-Za-z0-9_-]{20,}/;
const passwordPattern = "^(?=.*[0-9])(?=.*[a-z]).{12,}$";
