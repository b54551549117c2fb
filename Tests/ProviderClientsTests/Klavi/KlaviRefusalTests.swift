import ProviderClients
import Testing

@Suite("Klavi says no")
struct KlaviRefusalTests {
    private static func refusal(_ status: Int, _ body: String) async throws -> ProviderRefusal? {
        let client = try Accounts.klavi(ScriptedProvider(status, body))
        return await ProviderClientsTests.refusal { _ = try await client.send(client.authenticate()) }
    }

    @Test("wrong keys")
    func keys() async throws {
        let refusal = try await Self.refusal(
            401, #"{"statusCode":401,"error":"Unauthorized","message":"Invalid accessKey or secretKey"}"#)
        #expect(refusal?.status == 401)
        #expect(refusal?.code == nil)
        #expect(refusal?.words == ["Invalid accessKey or secretKey"])
        #expect(refusal?.advice == "Check accessKey and secretKey.")
    }

    @Test(
        "every business code has its advice",
        arguments: [
            ("4001", "authorisation"), ("4002", "product names"), ("4003", "consent"),
            ("4004", "institutionCode"), ("4005", "at least one product"), ("4006", "productsCallbackURL"),
            ("4007", "later"), ("4008", "authorised enough"), ("4009", "authorised enough"),
        ])
    func business(code: String, word: String) async throws {
        let refusal = try await Self.refusal(416, #"{"statusCode":\#(code),"error":"E","message":"M \#(code)"}"#)
        #expect(refusal?.status == 416)
        #expect(refusal?.code == code)
        #expect(refusal?.words == ["M \(code)"])
        #expect(refusal?.advice?.contains(word) == true)
        #expect(refusal?.advice?.hasSuffix(".") == true)
    }

    @Test("a code that nobody knows is kept without advice")
    func unknownCode() async throws {
        let refusal = try await Self.refusal(416, #"{"statusCode":4999,"message":["a","b","a"]}"#)
        #expect(refusal == ProviderRefusal(status: 416, code: "4999", words: ["a", "b"]))
    }

    @Test("statuses have advice of their own", arguments: [302, 400, 403, 404, 409, 410, 422, 500])
    func statuses(status: Int) async throws {
        let refusal = try await Self.refusal(status, #"{"statusCode":\#(status),"error":"Only this"}"#)
        #expect(refusal?.words == ["Only this"])
        #expect(refusal?.advice?.isEmpty == false)
    }

    @Test(
        "bodies that are no error of Klavi's are refusals all the same", arguments: ["", "<html>", "[]", "null", "{}"])
    func strange(body: String) async throws {
        let refusal = try await Self.refusal(418, body)
        #expect(refusal == ProviderRefusal(status: 418))
    }

    @Test("words are bounded in number and length")
    func bounds() async throws {
        let long = String(repeating: "é", count: 600)
        let many = (0..<50).map { "\"\($0) \(long)\"" }.joined(separator: ",")
        let refusal = try #require(try await Self.refusal(400, #"{"message":[\#(many)]}"#))
        #expect(refusal.words.count == 20)
        #expect(refusal.words.allSatisfy { $0.count == 500 })
        let huge = String(repeating: "x", count: 300_000)
        #expect(try await Self.refusal(400, #"{"message":"\#(huge)"}"#)?.words == [])
    }
}
