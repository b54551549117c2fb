internal import BodyCompression
package import Deliveries

/// A body as parsers and users see it: decompressed, in UTF-8, without a byte order mark. The archive keeps the
/// original bytes.
///
/// ```
/// stored bytes ─ Content-Encoding ─▶ decompressed ─ charset ─▶ UTF-8 ─▶ parser, search, comparison, display
/// ```
package struct ReadableBody: Sendable {
    /// The readable bytes. Equal to the stored bytes if no conversion is needed; empty if they cannot be decompressed.
    package let bytes: [UInt8]
    /// The encodings that were removed, such as `gzip` and `UTF-16LE`.
    package let forms: [String]
    /// The reason why the body or a part of it cannot be read; nil if the whole body can be read.
    package let problem: String?

    /// The maximum length of a decompressed body in bytes.
    static let byteCountLimit = 64 * 1024 * 1024
    /// The maximum expansion factor. A body that expands by more than this factor is not decompressed, unless the
    /// result is smaller than `freeByteCount`.
    static let expansionLimit = 200
    static let freeByteCount = 1024 * 1024
    private static let codingCountLimit = 3

    package init(_ stored: [UInt8], headers: HeaderFields) {
        var forms: [String] = []
        let decompressed: [UInt8]
        do throws(Unreadable) {
            decompressed = try Self.decompressed(stored, headers, byteCountLimit: nil, &forms)
        } catch {
            (bytes, self.forms, problem) = ([], [], error.problem)
            return
        }
        let text = TextEncoding.utf8(decompressed, contentType: headers.values(named: "Content-Type").first ?? "")
        bytes = text.bytes
        self.forms = forms + (text.form.map { [$0] } ?? [])
        problem = text.problem
    }

    /// True if a body starts like text. Such a body is read as stored, and its headers are not needed.
    package static func isReadAsStored(_ body: [UInt8]) -> Bool {
        guard let first = body.first else { return true }
        guard (0x20...0x7e).contains(first) || [0x09, 0x0a, 0x0d].contains(first), body.count == 1 || body[1] != 0
        else { return false }
        return UTF8Check.invalidOffset(in: body) == nil
    }

    /// The body of a request without its content codings, at most `byteCountLimit` bytes. Used to check a signature, so
    /// the body may be from an unauthenticated sender.
    ///
    /// - Returns: nil if the request has no content coding.
    package static func withoutCoding(
        _ request: InboundRequest, byteCountLimit: Int
    ) -> Result<[UInt8], Unreadable>? {
        guard !codings(request.headers).isEmpty else { return nil }
        var forms: [String] = []
        do throws(Unreadable) {
            let bytes = try decompressed(request.body, request.headers, byteCountLimit: byteCountLimit, &forms)
            return forms.isEmpty ? nil : .success(bytes)
        } catch {
            return .failure(error)
        }
    }

    package struct Unreadable: Error, Equatable {
        package let problem: String
    }

    /// The names in the `Content-Encoding` header, in the order the sender applied them.
    private static func codings(_ headers: HeaderFields) -> [String] {
        headers.values(named: "Content-Encoding").flatMap { $0.split(separator: ",") }.map {
            $0.filter { $0 != " " && $0 != "\t" }.lowercased()
        }.filter { !$0.isEmpty && $0 != "identity" }
    }

    private static func decompressed(
        _ stored: [UInt8], _ headers: HeaderFields, byteCountLimit: Int?, _ forms: inout [String]
    ) throws(Unreadable) -> [UInt8] {
        var codings = codings(headers)
        guard !stored.isEmpty else { return stored }
        let isGzip = stored.starts(with: [0x1f, 0x8b, 0x08])
        // Some senders omit the header.
        if codings.isEmpty, isGzip, !isArchiveType(headers) { codings = ["gzip"] }
        guard codings.count <= codingCountLimit else {
            throw Unreadable(problem: "the body has \(codings.count) content codings, limit: \(codingCountLimit)")
        }
        var bytes = stored
        let limit =
            byteCountLimit ?? min(Self.byteCountLimit, max(freeByteCount, multiplied(stored.count, expansionLimit)))
        for name in codings.reversed() {
            guard let coding = EncodedContent.Coding(rawValue: name == "x-gzip" ? "gzip" : name) else {
                // Reasons are labels of metrics, so they must not contain text from a sender.
                let shown = ["br", "zstd", "compress", "x-compress"].contains(name) ? name : "unknown"
                throw Unreadable(problem: "the body has Content-Encoding \(shown); only gzip and deflate are read")
            }
            // Skips the coding, because a proxy may decompress a body without removing the header.
            if isReadAsStored(bytes) || coding == .gzip && !bytes.starts(with: [0x1f, 0x8b]) { continue }
            do throws(EncodedContent.Failure) {
                bytes = try EncodedContent.decode(bytes, coding, byteCountLimit: limit)
            } catch {
                switch error {
                case .damaged:
                    throw Unreadable(
                        problem: "the \(coding.rawValue) body is damaged or incomplete")
                case .tooLong:
                    throw Unreadable(
                        problem:
                            "the \(coding.rawValue) body of \(stored.count) bytes decompresses to more than the limit of \(limit) bytes"
                    )
                }
            }
            forms.append(coding.rawValue)
        }
        return bytes
    }

    private static func multiplied(_ count: Int, _ factor: Int) -> Int {
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }

    /// True if the body is itself a compressed file, not compressed text.
    private static func isArchiveType(_ headers: HeaderFields) -> Bool {
        let type = headers.values(named: "Content-Type").first?.lowercased() ?? ""
        return ["gzip", "octet-stream", "x-tar"].contains { type.contains($0) }
    }
}

extension ArchivedDelivery {
    package var readableBody: ReadableBody { ReadableBody(request.body, headers: request.headers) }
}
