import Foundation
import Testing

@testable import Links
@testable import Providers

@Suite("Reading a file of links")
struct LinkFileTests {
    private static func orders(
        _ text: String, frame: String? = "1", _ flags: [String: [String]] = [:]
    ) throws -> [FieldValues] {
        var flags = flags
        flags["frame"] = frame.map { [$0] }
        return try LinkFile<CertilinkForm>.orders(Array(text.utf8), FieldValues(checked: flags))
    }

    private static let full = #"""
        reportToken,frameId,expirationDate,maxUses,companyId,beneficiary.lastName,beneficiary.firstName,\#
        beneficiary.address,beneficiary.city,beneficiary.postCode,beneficiary.email,issuer,photoRef,reportRef,\#
        instructions,user,metadata.source
        case-1,2,2026-12-31T23:59:59.000+0100,3,4,Souza,Ana,"1006 Fort St, Unit 4",Victoria,V8V,ana@example.com,i,p,r,\#
        "Ring ""twice""",u,web
        """#

    @Test("every column of a table becomes a field of the link order")
    func everyColumn() throws {
        let order = try #require(try Self.orders(Self.full, frame: nil).first)
        let expected = FieldValues(checked: [
            "report-token": ["case-1"], "frame": ["2"], "expires": ["2026-12-31T23:59:59.000+0100"],
            "max-uses": ["3"], "company-id": ["4"], "last-name": ["Souza"], "first-name": ["Ana"],
            "address": ["1006 Fort St, Unit 4"], "city": ["Victoria"], "post-code": ["V8V"],
            "email": ["ana@example.com"], "issuer": ["i"], "photo-ref": ["p"], "report-ref": ["r"],
            "instructions": [#"Ring "twice""#], "user": ["u"], "metadata": ["source=web"],
        ])
        #expect(order == expected)
    }

    private static let nested = """
        {"reportToken":"case-1","frameId":2,"maxUses":"3","context":{"visibleData":{"beneficiary":{"lastName":"Souza"},\
        "instructions":"Ring"},"metadata":{"source":"web","n":7}}}
        """

    @Test("JSON objects may have dotted names, or the nested structure of the create call")
    func nestedObjects() throws {
        let flat = """
            {"reportToken":"case-1","frameId":2,"maxUses":3,"beneficiary.lastName":"Souza","instructions":"Ring",\
            "metadata.source":"web","metadata.n":"7"}
            """
        #expect(try Self.orders(Self.nested, frame: nil) == Self.orders(flat, frame: nil))
        let order = try #require(try Self.orders(Self.nested, frame: nil).first)
        #expect(order["last-name"] == "Souza")
        #expect(order["instructions"] == "Ring")
        #expect(order.all("metadata") == ["source=web", "n=7"])
    }

    @Test(
        "line endings and a byte order mark make no difference",
        arguments: ["\n", "\r\n", "\n\n", "\r\n\r\n"], ["", "\u{feff}"])
    func lineEnds(end: String, mark: String) throws {
        let table = mark + ["reportToken,frameId", "a,1", "b,2", ""].joined(separator: end)
        let objects =
            mark + [#"{"reportToken":"a","frameId":1}"#, #"{"reportToken":"b","frameId":2}"#].joined(separator: end)
        for text in [table, objects] {
            let orders = try Self.orders(text, frame: nil)
            #expect(orders.map { $0["report-token"] } == ["a", "b"])
            #expect(orders.map { $0["frame"] } == ["1", "2"])
        }
    }

    @Test("a value in a line replaces the value of its flag, but an empty value does not")
    func flags() throws {
        let text = "reportToken,frameId,maxUses,instructions,metadata.source\na,,,,\nb,9,8,Knock,file\n"
        let orders = try Self.orders(
            text, ["max-uses": ["3"], "instructions": ["Ring"], "metadata": ["source=flag", "more=1"]])
        #expect(orders.map { $0["frame"] } == ["1", "9"])
        #expect(orders.map { $0["max-uses"] } == ["3", "8"])
        #expect(orders.map { $0["instructions"] } == ["Ring", "Knock"])
        #expect(orders.map { $0.all("metadata") } == [["source=flag", "more=1"], ["more=1", "source=file"]])
    }

    @Test("a line without a reportToken gets a random UUID")
    func madeUpTokens() throws {
        let orders = try Self.orders("reportToken,maxUses\n,1\n,2\n")
        let tokens = orders.compactMap { $0["report-token"] }
        #expect(Set(tokens).count == 2)
        for token in tokens { #expect(UUID(uuidString: token) != nil) }
    }

    struct Rejection: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int?
        let problem: String
        let frame: String?

        init(_ text: String, _ line: Int?, _ problem: String, frame: String? = "1") {
            self.text = text
            self.line = line
            self.problem = problem
            self.frame = frame
        }

        var testDescription: String { text.debugDescription }
    }

    private static let nested4 = #"{"context":{"visibleData":{"visibleData":{"visibleData":{"visibleData":{}}}}}}"#

    @Test(
        "the error for an invalid file names the line and the field",
        arguments: [
            Rejection("", nil, "has no links"), Rejection("reportToken\n", nil, "has no links"),
            Rejection("reportToken\na\n\nb,c\n", 4, "has 2 values for 1 columns"),
            Rejection("reportToken,maxUses\na,x\n", 2, "has an invalid maxUses: it is not a whole number"),
            Rejection("reportToken,maxUses\na,-1\n", 2, "has an invalid maxUses: it is not a whole number"),
            Rejection("reportToken,frameId\na,1.5\n", 2, "has an invalid frameId: it is not a whole number"),
            Rejection("reportToken,companyId\na,4 \n", 2, "has an invalid companyId: it is not a whole number"),
            Rejection(
                "reportToken,expirationDate\na,2026-12-31\n", 2, "has an invalid expirationDate: it is not a time"),
            Rejection("reportToken,colour\na,\nb,red\n", 3, "has 'colour', which is not a field of a certilink"),
            Rejection(
                "reportToken,beneficiary.age\na,7\n", 2, "has 'beneficiary.age', which is not a field of a certilink"),
            Rejection("reportToken\na\nb\na\n", 4, "repeats a reportToken"),
            Rejection("reportToken\na\n", 2, "has no frameId, and --frame is missing", frame: nil),
            Rejection("reportToken\n\"a\n", nil, "ends inside a quoted value"),
            Rejection("{}\n{\"reportToken\"}", 2, "is not a JSON object"),
            Rejection("{}\r\n[1]\r\n", 2, "is not a JSON object"),
            Rejection("{\"maxUses\":[1]}", 1, "has maxUses, which is neither text nor a number"),
            Rejection("{\"user\":null}", 1, "has user, which is neither text nor a number"),
            Rejection("\n{\"context\":{\"metadata\":{\"a\":{}}}}", 2, "has a, which is neither text nor a number"),
            Rejection(nested4, 1, "has visibleData, which is neither text nor a number"),
            Rejection(
                "{\"context\":{\"colour\":\"red\"}}", 1, "has 'context.colour', which is not a field of a certilink"),
            Rejection("{\"reportToken\":\"a\"}\n{\"reportToken\":\"a\"}", 2, "repeats a reportToken"),
        ])
    func rejected(_ rejection: Rejection) {
        #expect(throws: LinkError.badFile(line: rejection.line, problem: rejection.problem)) {
            try Self.orders(rejection.text, frame: rejection.frame)
        }
    }

    @Test("a file that is not UTF-8 is rejected")
    func noText() {
        #expect(throws: LinkError.badFile(line: nil, problem: "is not UTF-8 text")) {
            try LinkFile<CertilinkForm>.orders([0x61, 0xff, 0x0a], FieldValues())
        }
    }

    @Test("a file may have 100,000 links, but not one more")
    func count() throws {
        let limit = LinkFile<CertilinkForm>.countLimit
        let text = "reportToken\n" + (1...limit).map(String.init).joined(separator: "\n")
        #expect(try Self.orders(text).count == limit)
        #expect(throws: LinkError.badFile(line: nil, problem: "has more than 100000 links")) {
            try Self.orders(text + "\nx")
        }
    }
}
