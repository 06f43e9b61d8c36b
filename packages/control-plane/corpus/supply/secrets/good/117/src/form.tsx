<input type="password" name="password" placeholder="Password" autoComplete="current-password" />
