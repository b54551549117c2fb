import Foundation
import Testing

@testable import CallboxCommands
@testable import Providers

@Suite("Orders in a file")
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

    @Test("every column of a table becomes a field of the order")
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

    @Test("objects are taken with dots and with the nesting of the create call alike")
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
        "line ends and a byte order mark make no difference",
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

    @Test("what a line leaves empty is what the flags say; what it says goes before them")
    func flags() throws {
        let text = "reportToken,frameId,maxUses,instructions,metadata.source\na,,,,\nb,9,8,Knock,file\n"
        let orders = try Self.orders(
            text, ["max-uses": ["3"], "instructions": ["Ring"], "metadata": ["source=flag", "more=1"]])
        #expect(orders.map { $0["frame"] } == ["1", "9"])
        #expect(orders.map { $0["max-uses"] } == ["3", "8"])
        #expect(orders.map { $0["instructions"] } == ["Ring", "Knock"])
        #expect(orders.map { $0.all("metadata") } == [["source=flag", "more=1"], ["more=1", "source=file"]])
    }

    @Test("a line without a reportToken gets one that nobody guesses, each another")
    func madeUpTokens() throws {
        let orders = try Self.orders("reportToken,maxUses\n,1\n,2\n")
        let tokens = orders.compactMap { $0["report-token"] }
        #expect(Set(tokens).count == 2)
        for token in tokens { #expect(UUID(uuidString: token) != nil) }
    }

    struct Rejection: Sendable, CustomTestStringConvertible {
        let text: String
        let message: String
        let frame: String?

        init(_ text: String, _ message: String, frame: String? = "1") {
            self.text = text
            self.message = message
            self.frame = frame
        }

        var testDescription: String { text.debugDescription }
    }

    @Test(
        "what is wrong is named with its line, and nothing is created",
        arguments: [
            Rejection("", "the file holds no link"), Rejection("reportToken\n", "the file holds no link"),
            Rejection("reportToken\na\n\nb,c\n", "line 4 of the file has 2 values for 1 names"),
            Rejection("reportToken,maxUses\na,x\n", "line 2 of the file has a wrong maxUses: it is no whole number"),
            Rejection("reportToken,maxUses\na,-1\n", "line 2 of the file has a wrong maxUses: it is no whole number"),
            Rejection("reportToken,frameId\na,1.5\n", "line 2 of the file has a wrong frameId: it is no whole number"),
            Rejection(
                "reportToken,companyId\na,4 \n", "line 2 of the file has a wrong companyId: it is no whole number"),
            Rejection(
                "reportToken,expirationDate\na,2026-12-31\n",
                "line 2 of the file has a wrong expirationDate: it is no time"),
            Rejection(
                "reportToken,colour\na,\nb,red\n",
                "line 3 of the file has a field 'colour', which is none of a certilink"),
            Rejection(
                "reportToken,beneficiary.age\na,7\n",
                "line 2 of the file has a field 'beneficiary.age', which is none of a certilink"),
            Rejection("reportToken\na\nb\na\n", "line 4 of the file repeats a reportToken"),
            Rejection("reportToken\na\n", "line 2 of the file names no frameId, and there is no --frame", frame: nil),
            Rejection("reportToken\n\"a\n", "the file ends within a quoted value"),
            Rejection("{}\n{\"reportToken\"}", "line 2 of the file is no JSON object"),
            Rejection("{}\r\n[1]\r\n", "line 2 of the file is no JSON object"),
            Rejection("{\"maxUses\":[1]}", "line 1 of the file has no text or number for maxUses"),
            Rejection("{\"user\":null}", "line 1 of the file has no text or number for user"),
            Rejection(
                "\n{\"context\":{\"metadata\":{\"a\":{}}}}", "line 2 of the file has no text or number for a"),
            Rejection(
                "{\"context\":{\"visibleData\":{\"visibleData\":{\"visibleData\":{\"visibleData\":{}}}}}}",
                "line 1 of the file has no text or number for visibleData"),
            Rejection(
                "{\"context\":{\"colour\":\"red\"}}",
                "line 1 of the file has a field 'context.colour', which is none of a certilink"),
            Rejection(
                "{\"\\u001b[31m\":\"x\"}",
                "line 1 of the file has a field '\\u{1b}[31m', which is none of a certilink"),
            Rejection("{\"reportToken\":\"a\"}\n{\"reportToken\":\"a\"}", "line 2 of the file repeats a reportToken"),
        ])
    func rejected(_ rejection: Rejection) {
        #expect(
            throws: CommandFailure(
                .damagedData, rejection.message, advice: "Nothing was created; mend it and try again.")
        ) { try Self.orders(rejection.text, frame: rejection.frame) }
    }

    @Test("bytes that are no text are rejected")
    func noText() {
        #expect(
            throws: CommandFailure(
                .damagedData, "the file is not UTF-8 text", advice: "Nothing was created; mend it and try again.")
        ) {
            try LinkFile<CertilinkForm>.orders([0x61, 0xff, 0x0a], FieldValues())
        }
    }

    @Test("more links than anybody means are rejected, as many as are allowed are not")
    func count() throws {
        let limit = LinkFile<CertilinkForm>.countLimit
        let text = "reportToken\n" + (1...limit).map(String.init).joined(separator: "\n")
        #expect(try Self.orders(text).count == limit)
        #expect(
            throws: CommandFailure(
                .damagedData, "the file holds more than 100000 links",
                advice: "Nothing was created; mend it and try again.")
        ) { try Self.orders(text + "\nx") }
    }
}
