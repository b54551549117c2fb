import Deliveries
import Testing

@Suite("Delivery heads")
struct DeliveryHeadTests {
    private static func head(
        method: String = "POST", target: String = "/klavi", peer: String = "192.0.2.1",
        _ headers: [(String, String)] = []
    ) -> RequestHead {
        RequestHead(method: method, target: target, peer: peer, headers: HeaderFields(headers.map(HeaderField.init)))
    }

    /// The parts of a head as bytes, because Swift strings compare as equal if they are canonically equivalent.
    private static func bytes(_ head: RequestHead) -> [[UInt8]] {
        let lines = head.headers.fields.flatMap { [$0.name, $0.value] }
        return ([head.method, head.target, head.peer] + lines).map { Array($0.utf8) }
    }

    @Test("the text of a head is a JSON array of method, target, peer and the header lines")
    func text() {
        let head = Self.head([("Host", "a"), ("Accept", "*/*")])
        #expect(
            String(decoding: head.text, as: UTF8.self)
                == #"["POST","/klavi","192.0.2.1",[["Host","a"],["Accept","*/*"]]]"#)
        #expect(String(decoding: Self.head().text, as: UTF8.self) == #"["POST","/klavi","192.0.2.1",[]]"#)
    }

    static let heads: [RequestHead] = [
        head(), head(method: "", target: "", peer: ""), head([("", "")]),
        head([("Host", "a"), ("host", "b"), ("Host", ""), ("HOST", "a")]),
        head([("X", #"" ' \ \" \\ \u0041 \n"#), (#"""#, #"]],["a"#), (#"\"#, #"\"#)]),
        head([("X", "\u{0}\u{1}\u{8}\t\n\u{b}\u{c}\r\r\n\u{1b}[31m\u{1f}\u{7f}\u{80}\u{9f}\u{2028}\u{2029}")]),
        head([("X-É", "é e\u{301} \u{fffd} 🐘 👩‍👩‍👧 \u{10ffff} \u{feff}")]),
        head(method: "P\"", target: "/é?a=\"&b=\\", peer: "2001:db8::1%\u{0}"),
        head((0..<2000).map { ("X-\($0)", "\($0)") }),
        head([("X-Large", String(repeating: "0123456789", count: 10_240))]),
        head([("X-Large", String(repeating: "🐘\"\\\u{1}", count: 10_240))]),
    ]

    @Test("a head is unchanged after writing and parsing", arguments: heads.indices)
    func roundTrip(index: Int) throws {
        let head = Self.heads[index]
        let again = try #require(RequestHead(head.text))
        #expect(Self.bytes(again) == Self.bytes(head))
    }

    @Test("every byte value in a head is unchanged after writing and parsing")
    func hostileBytes() throws {
        for byte in UInt8.min...UInt8.max {
            let latin1 = String(Character(Unicode.Scalar(byte)))
            let utf8 = String(decoding: [0x61, byte, 0x62], as: UTF8.self)
            let head = Self.head(method: latin1, target: utf8, [(latin1, utf8), (utf8, latin1 + utf8)])
            let again = try #require(RequestHead(head.text))
            #expect(Self.bytes(again) == Self.bytes(head), "\(byte)")
        }
    }

    @Test("the text of a head begins with a bracket and contains no control character")
    func controlCharacters() {
        for head in Self.heads {
            #expect(head.text.first == UInt8(ascii: "["))
            #expect(!head.text.contains { $0 < 0x20 || $0 == 0x7f })
        }
    }

    @Test(
        "malformed JSON and JSON of another structure are not request heads",
        arguments: [
            "", "[", "{}", "[]", #"["POST","/",[]]"#, #"["POST","/","::",[],1]"#, #"["POST","/","::"]"#,
            #"["POST","/","::",{}]"#, #"["POST","/","::",[[]]]"#, #"["POST","/","::",[["a"]]]"#,
            #"["POST","/","::",[["a","b","c"]]]"#, #"["POST","/","::",[["a",1]]]"#, #"["POST","/","::",[["a","b",1]]]"#,
            #"["POST","/","::",["a","b"]]"#, #"[1,"/","::",[]]"#, #"["POST",null,"::",[]]"#, #"["POST","/","::",[]] x"#,
        ])
    func noHead(text: String) {
        #expect(RequestHead(Array(text.utf8)) == nil)
    }

    @Test("the head of a request has its method, target, peer and headers")
    func request() {
        let request = InboundRequest(
            method: "GET", target: RequestTarget("/a?b"), headers: [HeaderField("Host", "a")], body: [1, 2],
            peer: "::1", receivedAt: Timestamp(millisecondsSinceEpoch: 0))
        #expect(RequestHead(of: request) == Self.head(method: "GET", target: "/a?b", peer: "::1", [("Host", "a")]))
    }
}
