client = Client(api_key="sk-pk7L¦UoxPLT6¦R2dAfiC¦uPT3Blb¦kFJDX98¦DImHN0D¦hqWU4RY¦ZA")
