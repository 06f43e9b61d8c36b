type Login = { password: string; token?: string };
function login(password: string, apiKey: string = ""): void {}
