package import Deliveries
internal import Foundation

/// A request to send. The client adds the headers `Host` and `Content-Length`.
package struct OutboundRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: [HeaderField]
    package var body: [UInt8]

    package init(_ method: String = "GET", _ url: String, headers: [HeaderField] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The header fields of the message. Nil if a field contains characters that HTTP does not allow: a line break
    /// could start another header.
    func fields(_ target: OutboundTarget) -> [(String, String)]? {
        var fields: [(String, String)] = []
        fields.reserveCapacity(headers.count + 2)
        if !headers.contains(where: { $0.name.matchesIgnoringASCIICase("Host") }) {
            fields.append(("Host", target.authority))
        }
        for field in headers {
            guard field.name.isToken, field.value.isFieldValue else { return nil }
            fields.append((field.name, field.value))
        }
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            fields.append(("Content-Length", "\(body.count)"))
        }
        return method.isToken ? fields : nil
    }
}

/// The part of a response's body to read.
package struct BodyReading: Sendable {
    let keptByteCount: Int
    /// The maximum length of a body. A longer body is a failure. Nil to stop reading after the kept bytes.
    let byteCountLimit: Int?
    let isHashed: Bool

    /// Reads and keeps the whole body. A longer body is a failure.
    package static func whole(byteCountLimit: Int) -> BodyReading {
        BodyReading(keptByteCount: byteCountLimit, byteCountLimit: byteCountLimit, isHashed: false)
    }

    /// Reads the first bytes and does not wait for the rest.
    package static func start(byteCount: Int) -> BodyReading {
        BodyReading(keptByteCount: byteCount, byteCountLimit: nil, isHashed: false)
    }

    /// Keeps the first bytes. Also computes the length and SHA-256 of the whole body.
    package static func hashed(keptByteCount: Int, byteCountLimit: Int) -> BodyReading {
        BodyReading(keptByteCount: keptByteCount, byteCountLimit: byteCountLimit, isHashed: true)
    }
}

package struct OutboundResponse: Sendable {
    package let status: Int
    package let headers: [HeaderField]
    /// The kept bytes of the body.
    package let body: [UInt8]
    /// The number of bytes of the body that were read.
    package let bodyByteCount: Int
    /// The SHA-256 of the body; empty unless `BodyReading.hashed` was used.
    package let bodySHA256: [UInt8]

    /// The value of the first header with this name.
    package subscript(name: String) -> String? {
        headers.first { $0.name.matchesIgnoringASCIICase(name) }?.value
    }
}

/// The parts of a URL that a request needs.
struct OutboundTarget: Sendable, Hashable {
    let isTLS: Bool
    /// The host, without brackets.
    let host: String
    let port: Int
    /// The value of the `Host` header.
    let authority: String
    /// The path and the query.
    let path: String

    init(_ text: String) throws(OutboundFailure) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let name = url.host?.withoutBrackets, Self.isVisible(name), (1...65_535).contains(url.port ?? 80)
        else { throw .notHTTP }
        isTLS = scheme == "https"
        host = name
        port = url.port ?? (isTLS ? 443 : 80)
        let bracketed = name.contains(":") ? "[\(name)]" : name
        authority = bracketed + (url.port.map { ":\($0)" } ?? "")
        let path = url.path(percentEncoded: true)
        self.path = (path.isEmpty ? "/" : path) + (url.query(percentEncoded: true).map { "?\($0)" } ?? "")
        guard Self.isVisible(self.path) else { throw .notHTTP }
    }

    /// True if the text contains only visible characters. A line break would end the request line.
    private static func isVisible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
    }
}

extension String {
    /// The text without brackets: `::1` for `[::1]`.
    fileprivate var withoutBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
