import Deliveries
import Providers
import StrictJSON
import Testing

@Suite("Providers described in the configuration")
struct GenericProviderTests {
    private func reading(
        type: String = "$.type", id: String? = nil, time: String? = nil, externalInfo: String? = nil,
        fields: [String] = []
    ) throws -> GenericReading {
        let place: GenericReading.Reference = try #require(.init(type))
        var reading = GenericReading(type: place)
        reading.id = try id.map { try #require(.init($0)) }
        reading.time = try time.map { try #require(.init($0)) }
        reading.externalInfo = try externalInfo.map { try #require(JSONPath($0)) }
        reading.fields = try fields.map { try #require(JSONPath($0)) }
        return reading
    }

    private func report(_ body: String, headers: [HeaderField] = [], _ reading: GenericReading) throws -> ReportContent
    {
        let provider = GenericProvider(name: "generic", scheme: nil, reading: reading)
        let reports = provider.parse(body: body, headers: headers)
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    @Test("type, id, time, externalInfo and fields are read from the body")
    func body() throws {
        let reading = try reading(
            id: "$.data.id", time: "$.at", externalInfo: "$.meta", fields: ["$.data.ref", "$.list[1]", "$.none"])
        let report = try report(
            #"""
            {"type":"paid","at":"2023-11-14T22:13:20Z","data":{"id":"e-1","ref":7},"list":[1,2],
            "meta":{"trace":"t"}}
            """#,
            reading)
        #expect(report.provider == "generic" && report.type == "paid" && report.dedupeKey == "id:e-1")
        #expect(report.providerTime == .vectors && report.problem == nil)
        #expect(report.externalInfo == #"{"trace":"t"}"#)
        #expect(
            report.fields == [
                ReportField("id", "e-1"), ReportField("ref", "7"), ReportField("list", "2"),
                ReportField("externalInfo.trace", "t"),
            ])
    }

    @Test("type, id and time are read from headers")
    func headers() throws {
        let reading = try reading(type: "header:X-Type", id: "header:X-Id", time: "header:X-Time")
        let report = try report(
            "{}",
            headers: [
                HeaderField("x-type", "paid"), HeaderField("x-id", "e-1"), HeaderField("x-time", "1700000000"),
            ], reading)
        #expect(report.type == "paid" && report.dedupeKey == "id:e-1" && report.providerTime == .vectors)
        #expect(report.fields == [ReportField("X-Id", "e-1")])
    }

    @Test(
        "a time is RFC 3339 or a Unix time, as text or number; the problem of any other value contains its form",
        arguments: [
            (#""2023-11-14T22:13:20Z""#, 1_700_000_000_000, nil),
            (#""2023-11-14T19:13:20.5-03:00""#, 1_700_000_000_500, nil), ("1700000000", 1_700_000_000_000, nil),
            (#""1700000000""#, 1_700_000_000_000, nil), ("1700000000123", 1_700_000_000_123, nil),
            ("1700000000.5", 1_700_000_000_500, nil), ("1.7e9", 1_700_000_000_000, nil), ("null", nil, nil),
            ("{}", nil, nil), (#""""#, nil, nil), ("0", nil, "9"), ("-1", nil, "-9"),
            (#""yesterday""#, nil, "aaaaaaaaa"), ("true", nil, "aaaa"),
            ("99999999999999999999", nil, "99999999999999999999"),
        ] as [(String, Int64?, String?)])
    func time(_ text: String, _ milliseconds: Int64?, _ form: String?) throws {
        let report = try report(#"{"type":"a","at":\#(text)}"#, reading(time: "$.at"))
        #expect(report.providerTime == milliseconds.map { Timestamp(millisecondsSinceEpoch: $0) })
        #expect(report.problem == form.map { "$.at has the form \($0), which is not a time" })
    }

    @Test(
        "without a type a delivery is unrecognised",
        arguments: [
            "{}", "[]", "null", "7", #"{"type":null}"#, #"{"type":""}"#, #"{"type":{}}"#, #"{"type":[]}"#,
            #"{"Type":"a"}"#, #"[{"type":"a"}]"#, #"{"type":"\#(String(repeating: "x", count: 201))"}"#, "", "{", "\0",
        ])
    func unrecognised(_ body: String) throws {
        let report = try report(body, reading(id: "$.id"))
        #expect(report.type == ReportContent.unrecognisedType)
        #expect(report.dedupeKey == "body:" + TestCode.sha256Hex(body))
        #expect(try !#require(report.problem).isEmpty)
    }

    @Test("a missing, empty or repeated type header is not a type")
    func typeHeader() throws {
        let reading = try reading(type: "header:X-Type")
        let type = HeaderField("X-Type", "a")
        for headers in [[], [HeaderField("X-Type", "")], [type, type]] {
            let report = try report("{}", headers: headers, reading)
            #expect(report.type == ReportContent.unrecognisedType)
            #expect(report.problem == "no type at header:X-Type")
        }
    }

    @Test(
        "a body that is not JSON has the type, id and time of its headers",
        arguments: ["", "a=1&b=2", "<paid/>", "{", "\0"])
    func otherBodies(body: String) throws {
        let headers = [HeaderField("X-Type", "paid"), HeaderField("X-Id", "e-1"), HeaderField("X-Time", "1700000000")]
        let fromHeaders = try reading(type: "header:X-Type", id: "header:X-Id", time: "header:X-Time")
        let report = try report(body, headers: headers, fromHeaders)
        #expect(report.type == "paid" && report.dedupeKey == "id:e-1" && report.providerTime == .vectors)
        #expect(report.fields == [ReportField("X-Id", "e-1")] && report.problem == nil)
        var more = fromHeaders
        more.fields = [try #require(JSONPath("$.a"))]
        let partial = try self.report(body, headers: headers, more)
        #expect(partial.type == "paid" && partial.problem?.hasPrefix("the body is not JSON: ") == true)
        let typeless = try self.report(body, headers: headers, reading(type: "$.type", id: "header:X-Id"))
        #expect(typeless.type == ReportContent.unrecognisedType && typeless.dedupeKey == "id:e-1")
    }

    @Test("if the configuration does not locate the type, every report has the type 'delivery'")
    func noType() throws {
        for body in ["{}", "a=1", ""] {
            let report = try report(body, GenericReading())
            #expect(report.type == "delivery" && report.problem == nil)
        }
    }

    @Test("an id in the header webhook-id is also read from svix-id")
    func svixID() throws {
        let reading = try reading(id: "header:webhook-id")
        let svix = HeaderField("svix-id", "e-1")
        #expect(try report(#"{"type":"a"}"#, headers: [svix], reading).dedupeKey == "id:e-1")
        let both = [svix, HeaderField("webhook-id", "e-2")]
        #expect(try report(#"{"type":"a"}"#, headers: both, reading).dedupeKey == "id:e-2")
    }

    @Test(
        "a header with several signatures is verified if any is correct, and malformed if any cannot be parsed",
        arguments: [
            ("A", true), ("v0=A", true), ("B v0=A", true), ("v0=B, v0=A", true), (" ,v0=A ,", true),
            ("v0=B", false), ("v0=A v0=x", nil), ("v0= v0=A", nil), ("", nil), (", ,", nil),
            (String(repeating: "A ", count: 9), nil),
        ] as [(String, Bool?)])
    func severalSignatures(header: String, isRight: Bool?) {
        var scheme = HMACScheme(header: "X-Sig")
        scheme.layout = .list(prefix: "v0=")
        let (right, wrong) = (TestCode.hmac(key: "key", []), TestCode.hmac(key: "old", []))
        let value = header.replacing("A", with: Hex.encode(right)).replacing("B", with: Hex.encode(wrong))
        let secret = Secret(name: "s", purpose: .signature, bytes: Array("key".utf8))
        let check = GenericProvider(scheme).verify(.with(headers: [HeaderField("X-Sig", value)]), with: [secret])
        #expect(check == isRight.map { $0 ? .verified(secretName: "s") : .failed(.mismatch) } ?? .failed(.malformed))
    }

    @Test(
        "a type may be a number or a boolean, and up to 200 bytes long",
        arguments: [("7", "7"), ("true", "true"), (#""caf\u00e9""#, "caf\u{e9}")])
    func types(_ text: String, _ type: String) throws {
        #expect(try report(#"{"type":\#(text)}"#, reading()).type == type)
        let long = String(repeating: "x", count: 200)
        #expect(try report(#"{"type":"\#(long)"}"#, reading()).type == long)
    }

    @Test(
        "if a delivery has no ID, repeats are recognised by the body",
        arguments: [nil, "$.id", "$.empty", "$.object", "header:X-Id"] as [String?])
    func bodyKey(_ id: String?) throws {
        let body = #"{"type":"a","empty":"","object":{}}"#
        #expect(try report(body, reading(id: id)).dedupeKey == "body:" + TestCode.sha256Hex(body))
    }

    @Test("in the key, an id over 200 bytes is replaced by its hash")
    func longID() throws {
        let id = String(repeating: "i", count: 201)
        let key = try report(#"{"type":"a","id":"\#(id)"}"#, reading(id: "$.id")).dedupeKey
        #expect(key == "id:sha256:" + TestCode.sha256Hex(id))
        #expect(try report(#"{"type":"a","id":12}"#, reading(id: "$.id")).dedupeKey == "id:12")
    }

    @Test("a provider without a scheme verifies no delivery, and a provider with a scheme verifies signatures")
    func verification() throws {
        let secret = Secret(name: "s", purpose: .signature, bytes: Array("key".utf8))
        let bare = GenericProvider(name: "generic", scheme: nil, reading: try reading())
        let signed = GenericProvider(name: "generic", scheme: .klavi, reading: try reading())
        let request = InboundRequest.with(headers: [
            HeaderField("X-Klavi-Signature", Hex.encode(TestCode.hmac(key: "key", [])))
        ])
        #expect(bare.secretPurposes.isEmpty && signed.secretPurposes == [.signature])
        #expect(bare.verify(request, with: [secret]) == .failed(.missing))
        #expect(signed.verify(request, with: [secret]) == .verified(secretName: "s"))
    }

    @Test(
        "a reference that is neither a path nor a header is rejected",
        arguments: ["", "type", "header:", "Header:X", "$.", "$..a", "body:a"])
    func references(_ text: String) {
        #expect(GenericReading.Reference(text) == nil)
        #expect(GenericReading.Reference("header:X")?.description == "header:X")
        #expect(GenericReading.Reference("$.a[0]")?.description == "$.a[0]")
    }
}
