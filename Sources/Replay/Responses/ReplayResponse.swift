internal import BodyCompression
package import Deliveries
internal import Foundation

/// The result of a replay.
package struct ReplayResult: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case responded(ReplayResponse)
        /// There is no response; the reason in a few words, never the request's own text.
        case failed(String)
    }

    package let durationMilliseconds: Int64
    package let outcome: Outcome
}

/// The response to a replayed delivery.
package struct ReplayResponse: Sendable, Equatable {
    /// The maximum number of bytes of text that are shown.
    package static let shownByteCount = 4096
    /// Bytes of the body that are kept for that: compressed ones may be fewer than they decode to, and more.
    package static let keptByteCount = 64 * 1024

    package let status: Int
    /// The value of `Location`, if there is one.
    package var location: String?
    package var contentType = ""
    package var contentEncoding = ""
    /// The first headers, in their order.
    package var headers: [HeaderField] = []
    /// The first bytes of the body, as they arrived.
    package let bodyPrefix: [UInt8]
    package let bodyByteCount: Int
    /// SHA-256 of the whole body, as it arrived.
    package let bodySHA256: [UInt8]

    /// The start of the body as text: `Content-Encoding` gzip or deflate decoded, the charset of `Content-Type` applied, cut between
    /// two characters. Nil if it is not text.
    package var text: (start: String, isCut: Bool)? { text(byteCountLimit: Self.shownByteCount) }

    private func text(byteCountLimit: Int) -> (start: String, isCut: Bool)? {
        let bytes: [UInt8]
        switch contentEncoding.lowercased().trimmingCharacters(in: .whitespaces) {
        case "", "identity": bytes = bodyPrefix
        case "gzip", "x-gzip", "deflate":
            guard let decoded = EncodedContent.prefix(of: bodyPrefix, byteCountLimit: byteCountLimit + 1) else {
                return nil
            }
            bytes = decoded
        default: return nil
        }
        let isCut = bytes.count > byteCountLimit || bodyByteCount > bodyPrefix.count
        return Self.decode(Array(bytes.prefix(byteCountLimit)), charset, isCut: isCut).map { ($0, isCut) }
    }

    /// The part that the file of a run keeps.
    package var content: RunResponse.Content {
        let text = text(byteCountLimit: RunResponse.Content.bodyByteCountLimit)
        return RunResponse.Content(
            headers: headers, text: text?.start, isCut: text?.isCut ?? (bodyByteCount > bodyPrefix.count))
    }

    /// The first headers of a response, as many as are kept.
    static func kept(_ headers: some Sequence<HeaderField>) -> [HeaderField] {
        var byteCount = 0
        return Array(
            headers.prefix(RunResponse.Content.headerCountLimit).prefix { field in
                byteCount += field.name.utf8.count + field.value.utf8.count
                return byteCount <= RunResponse.Content.headerByteCountLimit
            })
    }

    private static func decode(_ bytes: [UInt8], _ charset: String, isCut: Bool) -> String? {
        let encoding: String.Encoding
        switch charset {
        case "", "utf-8", "utf8", "us-ascii", "ascii":
            // At most three bytes of a character that was cut follow the last whole one.
            let counts = isCut ? Array(0...min(3, bytes.count)) : [0]
            return counts.lazy.compactMap { String(validating: bytes.dropLast($0), as: UTF8.self) }.first
        case "iso-8859-1", "latin1": encoding = .isoLatin1
        case "windows-1252", "cp1252": encoding = .windowsCP1252
        case "utf-16": encoding = .utf16
        case "utf-16le": encoding = .utf16LittleEndian
        case "utf-16be": encoding = .utf16BigEndian
        default: return nil
        }
        let isWide = charset.hasPrefix("utf-16")
        return String(data: Data(isWide ? bytes.dropLast(bytes.count % 2) : bytes[...]), encoding: encoding)
    }

    /// The charset parameter (RFC 9110 §8.3.2), in lower case; empty if there is none.
    private var charset: String {
        let parameters = contentType.lowercased().split(separator: ";").dropFirst()
        let value = parameters.lazy.map { $0.trimmingCharacters(in: .whitespaces) }
            .first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
        return (value ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "\"' "))
    }
}
