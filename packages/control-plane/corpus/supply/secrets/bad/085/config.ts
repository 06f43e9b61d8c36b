export const config = { encryptionKey: "9o+POKl¦9ajMMMg¦FPfkW8j¦L9M0LqJ¦S+8qpRw¦rS9PnTI¦g3" };
