const octokit = new Octokit({ auth: "gho_c6p¦SNC1oap¦zNOD6Th¦QLQmFJb¦0TKGQxO¦A72gG" });
