// The JSON forms of values in records of the journal, in summaries of pruned deliveries and on the control socket.

extension DeliveryID: Codable {}

extension Verification: Codable {}

extension Timestamp: Codable {
    /// Decodes the number of milliseconds since 1970-01-01T00:00:00Z.
    package init(from decoder: any Decoder) throws {
        self.init(millisecondsSinceEpoch: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(millisecondsSinceEpoch)
    }
}

extension UUIDv7: Codable {
    /// Decodes 32 hexadecimal digits.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let bytes = Hex.decode(try container.decode(String.self).utf8), let uuid = UUIDv7(bytes: bytes) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 32 hexadecimal digits")
        }
        self = uuid
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Hex.encode(bytes))
    }
}
