internal import BodyCompression
package import Deliveries
internal import Foundation
internal import TextForms

/// The result of a replay.
package struct ReplayResult: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case responded(ReplayResponse)
        /// There was no response. The value is the reason in a few words; it quotes no part of the request.
        case failed(String)
    }

    package let durationMilliseconds: Int64
    package let outcome: Outcome
}

/// The response to a replayed delivery.
package struct ReplayResponse: Sendable, Equatable {
    /// The maximum number of bytes of text to show.
    package static let shownByteCount = 4096
    /// The maximum number of bytes of the body to keep. The decoded text can be longer or shorter.
    package static let keptByteCount = 64 * 1024

    package let status: Int
    /// The value of the `Location` header; nil if there is none.
    package var location: String?
    package var contentType = ""
    package var contentEncoding = ""
    /// The first headers, in the order of the response.
    package var headers: [HeaderField] = []
    /// The first bytes of the body as they arrived.
    package let bodyPrefix: [UInt8]
    package let bodyByteCount: Int
    /// The SHA-256 of the whole body as it arrived.
    package let bodySHA256: [UInt8]

    /// The start of the body as text, cut between two characters. Decodes `Content-Encoding` gzip or deflate, and
    /// applies the charset of `Content-Type`. Nil if the body is not text.
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
        return decode(Array(bytes.prefix(byteCountLimit)), isCut: isCut).map { ($0, isCut) }
    }

    /// The part of the response to keep in the run's file.
    package var content: RunResponse.Content {
        let text = text(byteCountLimit: RunResponse.Content.bodyByteCountLimit)
        return RunResponse.Content(
            headers: headers, text: text?.start, isCut: text?.isCut ?? (bodyByteCount > bodyPrefix.count))
    }

    /// The first headers of a response, up to the limits of the run's file.
    static func kept(_ headers: some Sequence<HeaderField>) -> [HeaderField] {
        var byteCount = 0
        return Array(
            headers.prefix(RunResponse.Content.headerCountLimit).prefix { field in
                byteCount += field.name.utf8.count + field.value.utf8.count
                return byteCount <= RunResponse.Content.headerByteCountLimit
            })
    }

    private func decode(_ bytes: [UInt8], isCut: Bool) -> String? {
        let charset = charset
        let encoding: String.Encoding
        switch charset {
        case "", "utf-8", "utf8", "us-ascii", "ascii":
            // A cut body can end with up to three bytes of an incomplete character, which are ignored.
            let counts = isCut ? Array(0...min(3, bytes.count)) : [0]
            let text = counts.lazy.compactMap { String(validating: bytes.dropLast($0), as: UTF8.self) }.first
            return text ?? (charset.isEmpty ? withoutCharset(bytes) : nil)
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

    /// The text of a body that has no charset and is not UTF-8. Older servers send such bodies.
    private func withoutCharset(_ bytes: [UInt8]) -> String? {
        let body = ReadableBody(bytes, headers: HeaderFields([HeaderField("Content-Type", contentType)]))
        return body.problem == nil ? String(validating: body.bytes, as: UTF8.self) : nil
    }

    /// The charset parameter (RFC 9110 §8.3.2), in lower case; empty if there is none.
    private var charset: String {
        let parameters = contentType.lowercased().split(separator: ";").dropFirst()
        let value = parameters.lazy.map { $0.trimmingCharacters(in: .whitespaces) }
            .first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
        return (value ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "\"' "))
    }
}
