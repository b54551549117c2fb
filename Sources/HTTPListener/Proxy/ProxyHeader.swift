internal import Deliveries
internal import NIOCore

/// The header that a proxy sends before the first bytes of a connection: the PROXY protocol, versions 1 and 2
/// (haproxy.org/download/3.0/doc/proxy-protocol.txt, §2).
enum ProxyHeader: Equatable {
    /// The header is not complete yet.
    case incomplete
    case invalid
    /// A complete header.
    ///
    /// - Parameters:
    ///   - source: the client's address; nil if the connection is the proxy's own (`LOCAL`, `UNKNOWN`) or is from a
    ///     Unix socket.
    ///   - byteCount: the length of the header.
    case complete(source: String?, byteCount: Int)

    /// The first bytes of version 2.
    static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

    /// The maximum length of a version 1 line, including the line break (§2.1).
    private static let lineByteCountLimit = 107
    /// The maximum bytes of addresses and TLVs in version 2. The length field allows 65,535, but receivers may set a
    /// limit (§2.2).
    private static let blockByteCountLimit = 4096
    /// The maximum length of an accepted header. A connection must not send more before the header is parsed.
    static let byteCountLimit = 16 + blockByteCountLimit

    init(_ bytes: some RandomAccessCollection<UInt8>) {
        let bytes = Array(bytes.prefix(Self.byteCountLimit))
        if bytes.starts(with: Self.signature) {
            self = Self.version2(bytes)
        } else if Self.signature.starts(with: bytes) || "PROXY ".utf8.starts(with: bytes) {
            self = .incomplete
        } else if bytes.starts(with: "PROXY ".utf8) {
            self = Self.version1(bytes)
        } else {
            self = .invalid
        }
    }

    /// Parses version 1: `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`, or `PROXY UNKNOWN` and any text up to the line
    /// break.
    private static func version1(_ bytes: [UInt8]) -> ProxyHeader {
        guard let end = bytes.prefix(lineByteCountLimit).firstIndex(of: UInt8(ascii: "\n")) else {
            return bytes.count < lineByteCountLimit ? .incomplete : .invalid
        }
        guard end > 0, bytes[end - 1] == UInt8(ascii: "\r"),
            let line = String(validating: bytes[..<(end - 1)], as: UTF8.self)
        else { return .invalid }
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        if words[1] == "UNKNOWN" { return .complete(source: nil, byteCount: end + 1) }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6",
            words[2].contains(":") == (words[1] == "TCP6"),
            NetworkAddress(words[2]) != nil, NetworkAddress(words[3]) != nil,
            words[4...].allSatisfy({ (DecimalText.nonNegative($0.utf8) ?? .max) <= 65_535 })
        else { return .invalid }
        return .complete(source: String(words[2]), byteCount: end + 1)
    }

    /// Parses version 2: signature, version and command, family and transport, length, addresses, TLVs (§2.2).
    private static func version2(_ bytes: [UInt8]) -> ProxyHeader {
        guard bytes.count >= 16 else { return .incomplete }
        let blockByteCount = Int(bytes[14]) << 8 | Int(bytes[15])
        guard bytes[12] >> 4 == 2, blockByteCount <= blockByteCountLimit else { return .invalid }
        guard bytes.count >= 16 + blockByteCount else { return .incomplete }
        let block = bytes[16..<(16 + blockByteCount)]
        let source: String?
        switch (bytes[12] & 0x0f, bytes[13]) {
        // A `LOCAL` connection is the proxy's own connection, such as a health check. The rest of the header has no
        // meaning.
        case (0, _): return .complete(source: nil, byteCount: 16 + blockByteCount)
        case (1, 0x00): source = nil
        case (1, 0x11):
            guard block.count >= 12, hasSoundTLVs(block.dropFirst(12)) else { return .invalid }
            source = Self.text(block.prefix(4))
        case (1, 0x21):
            guard block.count >= 36, hasSoundTLVs(block.dropFirst(36)) else { return .invalid }
            source = Self.text(block.prefix(16))
        case (1, 0x31):
            guard block.count >= 216, hasSoundTLVs(block.dropFirst(216)) else { return .invalid }
            source = nil
        default: return .invalid
        }
        return .complete(source: source, byteCount: 16 + blockByteCount)
    }

    private static func text(_ address: ArraySlice<UInt8>) -> String? {
        try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address), port: 0).ipAddress
    }

    /// True if the TLVs fill the remaining bytes exactly. Does not read their values.
    private static func hasSoundTLVs(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            guard rest.count >= 3 else { return false }
            let byteCount = Int(rest[rest.startIndex + 1]) << 8 | Int(rest[rest.startIndex + 2])
            guard rest.count >= 3 + byteCount else { return false }
            rest = rest.dropFirst(3 + byteCount)
        }
        return true
    }
}
