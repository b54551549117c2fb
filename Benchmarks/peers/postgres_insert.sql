INSERT INTO delivery (body) VALUES (repeat('0123456789abcdef', 64));
