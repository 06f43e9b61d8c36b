const csrfToken = getToken(request);
const tokenName = "XSRF-TOKEN-V2";
const tokenHeader = "x-access-token-2024";
