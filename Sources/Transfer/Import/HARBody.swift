internal import Deliveries
internal import StrictJSON

/// Reads the body of a request in a HAR. Rejects a body that differs from the body that arrived: some tools write
/// decoded text, omit large or binary bodies, or list the fields of a form instead.
enum HARBody {
    /// - Parameter sha256: the SHA-256 of the bytes that arrived, which Callbox's own exports contain; nil in other
    ///   files.
    static func read(
        _ request: JSONValue, _ headers: HeaderFields, sha256: JSONValue?
    ) throws(ImportProblem) -> [UInt8] {
        let post = request["postData"]
        // HTTP Toolkit writes binary bodies to `_content`.
        let content = [post, request["_content"], request["_requestBody"]].first { !isEmpty($0?["text"]) } ?? post
        guard let content, let text = content["text"], !isEmpty(text) else {
            guard content == nil || isAbsent(content?["text"]) || content?["text"]?.kind == .string else {
                throw ImportProblem("has a body that is JSON instead of the received text")
            }
            try checkAbsence(request, post, headers)
            try RequestParts.check([], sha256)
            return []
        }
        let isMarked = try isBase64(content)
        let isBase64 = try isMarked ? true : isUnmarkedBase64(text, headers)
        let body = isBase64 ? try RequestParts.base64(text, ignoringLineBreaks: true) : Array((text.string ?? "").utf8)
        if let sha256, sha256.kind != .null {
            try RequestParts.check(body, sha256)
            return body
        }
        if !isBase64 { try RequestParts.checkCharacters(body) }
        try checkCoding(body, isBase64: isBase64, headers)
        try checkSize(body, isBase64 ? nil : text.string, request, headers)
        return body
    }

    private static func isEmpty(_ text: JSONValue?) -> Bool {
        text.map { $0.kind != .string || $0.rawBytes.count <= 2 } ?? true
    }

    private static func isAbsent(_ text: JSONValue?) -> Bool {
        text.map { $0.kind == .null } ?? true
    }

    /// True if the text has the length of the body only after decoding base64. Some tools omit `encoding`.
    private static func isUnmarkedBase64(_ text: JSONValue, _ headers: HeaderFields) throws(ImportProblem) -> Bool {
        guard let length = try contentLength(headers), length > 0, text.rawBytes.count - 2 > length,
            let bytes = try? RequestParts.base64(text, ignoringLineBreaks: true)
        else { return false }
        return bytes.count == length && text.string?.utf8.count != bytes.count
    }

    private static func isBase64(_ content: JSONValue) throws(ImportProblem) -> Bool {
        switch content["encoding"]?.string?.lowercased() {
        case nil, "", "utf8", "utf-8": return false
        case "base64": return true
        default: throw ImportProblem("has a body whose 'encoding' is not base64")
        }
    }

    private static func checkAbsence(
        _ request: JSONValue, _ post: JSONValue?, _ headers: HeaderFields
    ) throws(ImportProblem) {
        guard post?["_file"] == nil, post?["_sha1"] == nil else {
            throw ImportProblem(
                "has its body in another file; record a HAR that contains the bodies (Playwright: content 'embed')"
            )
        }
        guard post?["params"]?.elements.first(where: { _ in true }) == nil else {
            throw ImportProblem("has the fields of a form instead of the bytes of its body")
        }
        let size = try contentLength(headers) ?? request["bodySize"]?.integer
        guard size ?? 0 == 0 else {
            throw ImportProblem("has no body, because the recording tool left out its \(size ?? 0) bytes")
        }
        let hasType = post?["mimeType"]?.string?.isEmpty == false && isAbsent(post?["text"])
        guard size != nil || !hasType && !headers.contains("Transfer-Encoding") else {
            throw ImportProblem("has no body, because the recording tool left it out")
        }
    }

    /// Rejects the text of a request with a Content-Encoding, because the tool has decoded it: the text is not the body
    /// that arrived.
    private static func checkCoding(_ body: [UInt8], isBase64: Bool, _ headers: HeaderFields) throws(ImportProblem) {
        let coding = headers.values(named: "Content-Encoding").joined(separator: ", ").lowercased()
        guard !coding.isEmpty, coding != "identity" else { return }
        let isProved = try contentLength(headers) == Int64(body.count)
        let isGzip = coding == "gzip" && body.starts(with: [0x1f, 0x8b])
        guard isBase64, isProved || isGzip else {
            throw ImportProblem("has the decoded text of a compressed body, so its bytes are not the original ones")
        }
    }

    private static func checkSize(
        _ body: [UInt8], _ text: String?, _ request: JSONValue, _ headers: HeaderFields
    ) throws(ImportProblem) {
        if let length = try contentLength(headers) {
            guard length == Int64(body.count) else {
                throw ImportProblem("has a body of \(body.count) bytes, but \(length) arrived (Content-Length)")
            }
            return
        }
        // Ignores sizes that are not positive, because some tools write 0 for unknown sizes. Accepts a size in UTF-16
        // code units, as Firefox writes it.
        guard let size = request["bodySize"]?.integer, size > 0, size != Int64(body.count),
            size != text.map({ Int64($0.utf16.count) })
        else { return }
        throw ImportProblem("has a body of \(body.count) bytes, but \(size) arrived ('bodySize')")
    }

    private static func contentLength(_ headers: HeaderFields) throws(ImportProblem) -> Int64? {
        let values = Set(headers.values(named: "Content-Length").map { ByteText($0) })
        guard let value = values.first else { return nil }
        guard values.count == 1, let length = DecimalText.nonNegative(value.text.utf8) else {
            throw ImportProblem("has a Content-Length that is not one number")
        }
        return length
    }
}
