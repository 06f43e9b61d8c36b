headers: { Authorization: "Basic ZGVw¦bG95¦Olhr¦Mjl2¦THFU¦N3o=" }
