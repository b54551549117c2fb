/// Compresses request heads. Heads are short and mostly consist of names that every request has, so a small window and
/// a preset dictionary of such names are enough. Long runs of hexadecimal digits, such as signatures, are stored as
/// bytes.
///
/// | first byte | stored head |
/// |---|---|
/// | `[` | the text |
/// | n, from 1 to 63 | 4 · n bytes of `PackedDigits`; then a zlib stream of the rest |
/// | any other | a zlib stream of the text |
package enum HeadCompression {
    /// The preset dictionary of heads. It must never change, because archives contain a copy to which their heads
    /// refer.
    package static let dictionary: PresetDictionary? = PresetDictionary(Array(text.utf8))

    private static let compressor = HeadCompressor(dictionary: dictionary)

    package static func encode(_ text: [UInt8]) -> [UInt8] {
        guard let packed = PackedDigits(packing: text) else { return compressor.compress(text) ?? text }
        guard let stream = compressor.compress(packed.rest) else { return text }
        return [UInt8(packed.bytes.count / 4)] + packed.bytes + stream
    }

    /// - Parameters:
    ///   - byteCountLimit: the maximum length of the text, in bytes.
    ///   - dictionary: the dictionary that `stream(of: stored)` needs.
    package static func decode(
        _ stored: [UInt8], byteCountLimit: Int, dictionary: PresetDictionary?
    ) throws(ZlibDecompressor.Failure) -> [UInt8] {
        if stored.isEmpty || stored[0] == UInt8(ascii: "[") { return stored }
        let stream = stream(of: stored)
        let rest = try ZlibDecompressor.decompress(stream, byteCountLimit: byteCountLimit, dictionary: dictionary)
        guard stream.count < stored.count else { return rest }
        let packed = PackedDigits(bytes: Array(stored[1..<(stored.count - stream.count)]), rest: rest)
        guard let text = packed.unpacked() else { throw .damaged }
        return text
    }

    /// The zlib stream within a stored head.
    package static func stream(of stored: [UInt8]) -> [UInt8] {
        guard let first = stored.first, 1...PackedDigits.wordCountLimit ~= Int(first) else { return stored }
        return Array(stored.dropFirst(1 + 4 * Int(first)))
    }

    /// Common parts of heads, most likely parts last.
    private static let text = """
        0123456789abcdef0123456789ABCDEF["Authorization","Basic Bearer ["Cookie","["Referer","https://["Origin","https://\
        ["Sec-Fetch-Site","cross-site"],["Sec-Fetch-Mode","navigate"],["Sec-Fetch-User","?1"],["Sec-Fetch-Dest","document"],\
        ["Upgrade-Insecure-Requests","1"],["Accept-Language","pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7"],["Accept","text/html,\
        application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"],["User-Agent","Mozilla/5.0 (Windows NT \
        10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"],["Cache-Control","no-cache"]\
        ,["Pragma","no-cache"],["Transfer-Encoding","chunked"],["CF-Connecting-IP","["CF-Ray","["X-Amzn-Trace-Id","Root=1-\
        ["X-Request-Id","["X-Forwarded-Host","["X-Forwarded-Port","443"],["X-Real-IP","["Forwarded","for=;proto=https;host=\
        ["X-Forwarded-For","["X-Forwarded-Proto","https"],["traceparent","00-["baggage","["sentry-trace","\
        ["User-Agent","python-requests/2.32.3"],["User-Agent","Java/17.0.9"],["User-Agent","okhttp/4.12.0"],\
        ["User-Agent","Go-http-client/1.1"],["User-Agent","node-fetch/1.0 (+https://github.com/bitinn/node-fetch)"],\
        ["User-Agent","axios/1.7.7"],["Accept","*/*"],["Accept","application/json, text/plain, */*"],\
        ["Accept-Encoding","gzip, deflate, br"],["Accept-Encoding","gzip, compress, deflate, br"],["Connection","keep-alive"],\
        ["Connection","close"],["GET","/ezid?code=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.["GET","/klavi?link_id=&external_info=\
        ["POST","/certificall","["X-Certilink-Signature","["X-Webhook-Signature","sha256=["X-Webhook-Timestamp","\
        ["webhook-id","msg_["webhook-timestamp","["webhook-signature","v1,["POST","/certn/centric","["POST","/certn/legacy","\
        ["POST","/certn","127.0.0.1",[["Certn-Signature","t=17,v1=\u{8}"],["User-Agent","python-requests/2.32.3"],["Accept-Encoding",\
        "gzip, deflate"],["Accept","*/*"],["Connection","keep-alive"],["Content-Type","application/json"],["POST","/klavi/all",\
        "/klavi/other","/klavi/pf_credit_card","/klavi/pf_checking_account","/klavi/pf_savings_account",\
        "/klavi/pf_categorized_checking","/klavi","127.0.0.1",[["Host","localhost127.0.0.1:8787"],["User-Agent",\
        "klavi-webhook/1.0"],["Content-Type","application/json; charset=utf-8"],["POST","/klavi","127.0.0.1",[["Accept",\
        "application/json, text/plain, */*"],["Content-Type","application/json"],["X-Klavi-Timestamp","1780000000"],\
        ["X-Klavi-Signature","\u{8}"],["User-Agent","axios/1.7.7"],["Content-Length","2048"],["Accept-Encoding",\
        "gzip, compress, deflate, br"],["Host","localhost"],["Connection","close"]]]
        """
}

/// Compresses short heads with fixed codes and long heads with zlib. Compared with zlib, fixed codes take a fifth of
/// the time, and the result is 8 % longer.
private final class HeadCompressor: BodyCompressor {
    let dictionary: PresetDictionary?
    private let short: FixedCodeCompressor?
    private let long: ZlibCompressor

    init(dictionary: PresetDictionary?) {
        self.dictionary = dictionary
        short = dictionary.map { FixedCodeCompressor(dictionary: $0) }
        long = ZlibCompressor(dictionary: dictionary, windowBits: 12, memoryLevel: 4)
    }

    func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard let short, bytes.count <= FixedCodeCompressor.byteCountLimit else { return long.compress(bytes) }
        return short.compress(bytes)
    }
}
