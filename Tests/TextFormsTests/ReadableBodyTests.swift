import BodyCompression
import Deliveries
import Testing
import TextForms

@Suite("Readable bodies")
struct ReadableBodyTests {
    private static let json = #"{"name":"São Paulo €"}"#
    /// `{"a":1}`, compressed by Python: by gzip.compress (mtime 0), by zlib.compress, and to a raw deflate stream.
    static let gzip: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x54, 0xb2, 0x32, 0xac, 0x05,
        0x00, 0xaf, 0xac, 0x1b, 0x56, 0x07, 0x00, 0x00, 0x00,
    ]
    static let zlib: [UInt8] = [
        0x78, 0x9c, 0xab, 0x56, 0x4a, 0x54, 0xb2, 0x32, 0xac, 0x05, 0x00, 0x08, 0x2a, 0x02, 0x09,
    ]
    static let raw: [UInt8] = [0xab, 0x56, 0x4a, 0x54, 0xb2, 0x32, 0xac, 0x05, 0x00]

    private static func read(_ body: [UInt8], _ fields: HeaderField...) -> ReadableBody {
        ReadableBody(body, headers: HeaderFields(fields))
    }

    private static func encoding(_ name: String) -> HeaderField { HeaderField("content-encoding", name) }
    private static func type(_ name: String) -> HeaderField { HeaderField("Content-Type", name) }

    @Test("compressed bodies are decompressed")
    func compressed() {
        let plain = Array(#"{"a":1}"#.utf8)
        for (body, name) in [
            (Self.gzip, "gzip"), (Self.gzip, "x-gzip"), (Self.gzip, "GZIP, identity"), (Self.zlib, "deflate"),
            (Self.raw, "deflate"),
        ] {
            let read = Self.read(body, Self.encoding(name))
            #expect(read.bytes == plain && read.problem == nil)
            #expect(read.forms == [name == "deflate" ? "deflate" : "gzip"])
        }
        #expect(Self.read(Self.gzip + Self.gzip, Self.encoding("gzip")).bytes == plain + plain)
        #expect(Self.read(Self.gzip, Self.type("application/json")).bytes == plain)
        #expect(Self.read(Self.gzip, Self.type("application/gzip")).bytes == Self.gzip)
        // A body without compression is readable, because a proxy may decompress a body but keep the header.
        let left = Self.read(plain, Self.encoding("gzip"))
        #expect(left.bytes == plain && left.forms.isEmpty && left.problem == nil)
    }

    @Test("a body that cannot be decompressed is reported as a problem")
    func unreadable() {
        func problem(_ body: [UInt8], _ name: String) -> String? {
            let read = Self.read(body, Self.encoding(name))
            #expect(read.bytes.isEmpty)
            return read.problem
        }
        let damaged = "the gzip body is damaged or incomplete"
        #expect(problem(Array(Self.gzip.dropLast(3)), "gzip") == damaged)
        #expect(problem(Self.gzip + [1], "gzip") == damaged)
        var wrong = Self.gzip
        wrong[14] ^= 0x20
        #expect(problem(wrong, "gzip") == damaged)
        #expect(
            problem([0xff, 0xff, 0xff], "deflate") == "the deflate body is damaged or incomplete")
        #expect(problem(Self.gzip, "br") == "the body has Content-Encoding br; only gzip and deflate are read")
        #expect(
            problem(Self.gzip, "a\u{1b}b") == "the body has Content-Encoding unknown; only gzip and deflate are read")
        #expect(problem(Self.gzip, "gzip, gzip, gzip, gzip") == "the body has 4 content codings, limit: 3")
    }

    @Test("decompressing a decompression bomb stops at the limit")
    func bomb() throws {
        let compressor = ZlibCompressor()
        let bomb = try #require(compressor.compress([UInt8](repeating: 0x20, count: 8 << 20)))
        let read = Self.read(bomb, Self.encoding("deflate"))
        #expect(read.bytes.isEmpty)
        #expect(
            read.problem
                == "the deflate body of \(bomb.count) bytes decompresses to more than the limit of \(max(1 << 20, bomb.count * 200)) bytes"
        )
        // A legitimate body with a similar decompressed length is decompressed.
        let text = (0..<200_000).map { #"{"id":\#($0 &* 7919),"name":"Ana"}"# }.joined()
        let legitimate = try #require(compressor.compress(Array(text.utf8)))
        #expect(Self.read(legitimate, Self.encoding("deflate")).bytes == Array(text.utf8))
    }

    @Test(
        "text in other encodings is converted to UTF-8",
        arguments: [
            ([0xef, 0xbb, 0xbf] + Array(json.utf8), "", "UTF-8 with a byte order mark"),
            ([0xff, 0xfe] + json.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }, "", "UTF-16LE"),
            ([0xfe, 0xff] + json.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }, "", "UTF-16BE"),
            (json.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }, "application/json", "UTF-16LE"),
            (
                json.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }, "application/json; charset=UTF-16",
                "UTF-16BE"
            ),
            (json.unicodeScalars.flatMap { [UInt8($0.value & 0xff), UInt8($0.value >> 8), 0, 0] }, "", "UTF-32LE"),
            (bytes(0xe3, euro: 0x80), "application/json; charset=\"ISO-8859-1\"", "iso-8859-1"),
            (bytes(0xe3, euro: 0x80), "application/json;charset=windows-1252", "windows-1252"),
            (bytes(0xe3, euro: 0xa4), "text/plain; charset=iso-8859-15", "iso-8859-15"),
            // Without a charset, invalid UTF-8 is read as windows-1252.
            (bytes(0xe3, euro: 0x80), "application/json", "windows-1252"),
            (bytes(0xe3, euro: 0x80), "", "windows-1252"),
        ] as [([UInt8], String, String)])
    func charsets(_ body: [UInt8], _ type: String, _ form: String) {
        let read = Self.read(body, Self.type(type))
        #expect(String(decoding: read.bytes, as: UTF8.self) == Self.json)
        #expect(read.forms == [form])
        #expect(read.problem == nil)
        #expect(!ReadableBody.isReadAsStored(body))
    }

    private static func bytes(_ a: UInt8, euro: UInt8) -> [UInt8] {
        Array("{\"name\":\"S".utf8) + [a] + Array("o Paulo ".utf8) + [euro] + Array("\"}".utf8)
    }

    @Test("UTF-8 text is unchanged, regardless of its headers")
    func unchanged() {
        for type in ["", "application/json", "application/json; charset=iso-8859-1", "multipart/form-data; boundary=x"]
        {
            let read = Self.read(Array(Self.json.utf8), Self.type(type))
            #expect(read.bytes == Array(Self.json.utf8) && read.forms.isEmpty && read.problem == nil)
        }
        #expect(ReadableBody.isReadAsStored(Array(Self.json.utf8)))
        #expect(ReadableBody.isReadAsStored([]))
        // Files are not converted.
        let file: [UInt8] = Array("%PDF-1.7".utf8) + [0xe2, 0xe3, 0xcf]
        #expect(Self.read(file, Self.type("application/pdf")).bytes == file)
        #expect(Self.read(file, Self.type("application/pdf")).problem == nil)
    }

    @Test("damaged text is reported as a problem")
    func damaged() {
        let cut = Self.read(Array(#"{"a":"São"#.utf8) + [0xc3], Self.type("application/json"))
        #expect(cut.problem == "the body is not UTF-8 from byte 10 on; invalid bytes are shown as U+FFFD")
        let odd = Self.read([0xff, 0xfe, 0x7b, 0, 0x7d], Self.type(""))
        #expect(odd.problem == "the body is not valid UTF-16LE; invalid bytes are shown as U+FFFD")
        #expect(Self.read([0xff, 0xfe, 0x00, 0xd8], Self.type("")).problem != nil)
        let unknown = Self.read([0x7b, 0x82, 0xa0], Self.type("text/plain; charset=shift_jis"))
        #expect(unknown.bytes == [0x7b, 0x82, 0xa0])
        #expect(unknown.problem?.hasPrefix("the body has the charset shift_jis, which is not supported") == true)
        // A million byte order marks do not cause a stack overflow.
        let marks = [UInt8](repeating: 0, count: 3_000_000).indices.map { [0xef, 0xbb, 0xbf][$0 % 3] as UInt8 }
        #expect(Self.read(marks, Self.type("")).bytes.count == 2_999_997)
    }

    @Test("before verification a body is decompressed only up to a limit")
    func unproved() {
        func request(_ body: [UInt8], _ headers: HeaderFields) -> InboundRequest {
            InboundRequest(
                method: "POST", target: RequestTarget("/x"), headers: headers, body: body, peer: "127.0.0.1",
                receivedAt: Timestamp(millisecondsSinceEpoch: 0))
        }
        let gzip = request(Self.gzip, ["Content-Encoding": "gzip"].headers)
        #expect(ReadableBody.withoutCoding(gzip, byteCountLimit: 7) == .success(Array(#"{"a":1}"#.utf8)))
        let limited = #expect(throws: ReadableBody.Unreadable.self) {
            try ReadableBody.withoutCoding(gzip, byteCountLimit: 6)?.get()
        }
        #expect(limited?.problem == "the gzip body of 27 bytes decompresses to more than the limit of 6 bytes")
        #expect(ReadableBody.withoutCoding(request(Self.gzip, []), byteCountLimit: 100) == nil)
        #expect(
            ReadableBody.withoutCoding(
                request([0x7b, 0x7d], ["Content-Encoding": "gzip"].headers), byteCountLimit: 100) == nil)
    }
}

extension [String: String] {
    fileprivate var headers: HeaderFields { HeaderFields(map { HeaderField($0.key, $0.value) }) }
}
