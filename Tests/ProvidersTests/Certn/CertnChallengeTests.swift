import Deliveries
import Providers
import Testing

@Suite("The challenge of Certn Centric")
struct CertnChallengeTests {
    private func screen(_ target: String, method: String = "GET") -> Screening {
        CertnProvider().screen(.with(method: method, target: target), redirects: .none)
    }

    private static func echo(_ text: String) -> Screening {
        .handshake(
            Response(
                status: 200,
                headers: [HeaderField("Content-Type", "text/plain"), HeaderField("X-Content-Type-Options", "nosniff")],
                body: Array(text.utf8)), event: "challenge echoed")
    }

    @Test(
        "the challenge is echoed byte for byte as plain text",
        arguments: [
            ("abc", "abc"),
            ("D7DL0Vj0dGEC04sS3aNGcmDThhg4F6mo5CNdsOXTC8Y", "D7DL0Vj0dGEC04sS3aNGcmDThhg4F6mo5CNdsOXTC8Y"),
            ("a%2Bb%2F%3D", "a+b/="), ("a%20b", "a b"), ("a+b", "a+b"), ("%3Cscript%3E", "<script>"), ("a=b=", "a=b="),
            ("100%25", "100%"), ("~%7E%21", "~~!"), ("x&challenge=y", "x"), ("x&other=%00", "x"),
        ])
    func echoes(_ query: String, _ text: String) {
        #expect(screen("/certn?challenge=\(query)") == Self.echo(text))
        #expect(screen("/certn?a=1&challenge=\(query)", method: "HEAD") == Self.echo(text))
    }

    @Test("a challenge of 1024 bytes is echoed, and a longer challenge is rejected")
    func length() {
        let text = String(repeating: "a", count: 1024)
        #expect(screen("/certn?challenge=\(text)") == Self.echo(text))
        #expect(screen("/certn?challenge=\(text)a") == Self.rejection)
        #expect(screen("/certn?challenge=" + String(repeating: "%61", count: 1024)) == Self.echo(text))
        #expect(screen("/certn?challenge=" + String(repeating: "a", count: 1_000_000)) == Self.rejection)
    }

    @Test(
        "empty text and text that is not printable ASCII are rejected",
        arguments: [
            "", "%00", "a%0Ab", "a%0D%0ASet-Cookie:%20x=1", "%1B[31m", "%7F", "%09", "%C3%A9", "é", "%FF", "%E2%80%A8",
            "%80",
        ])
    func rejects(_ query: String) {
        #expect(screen("/certn?challenge=\(query)") == Self.rejection)
    }

    @Test("a challenge without a value is rejected like an empty challenge")
    func noValue() {
        #expect(screen("/certn?challenge") == Self.rejection)
    }

    @Test("the rejection is plain text and does not quote the challenge")
    func rejectionForm() {
        guard case .handshake(let response, let event) = screen("/certn?challenge=%3Cb%3E%00") else {
            Issue.record("no handshake")
            return
        }
        #expect(event == "challenge rejected")
        #expect(response.status == 400)
        #expect(HeaderFields(response.headers).onlyValue(named: "Content-Type") == "text/plain; charset=utf-8")
        #expect(HeaderFields(response.headers).onlyValue(named: "X-Content-Type-Options") == "nosniff")
        #expect(!response.body.contains(UInt8(ascii: "<")) && !response.body.contains(0))
    }

    @Test("a GET without a challenge is a connectivity test, and only a POST is a delivery")
    func methods() {
        for target in ["/certn", "/certn?Challenge=a", "/certn?a=challenge", "/certn/challenge=a"] {
            guard case .handshake(let response, let event) = screen(target) else {
                Issue.record("\(target) is not greeted")
                continue
            }
            #expect(response.status == 200)
            #expect(event == "connectivity test")
        }
        #expect(screen("/certn", method: "POST") == .delivery)
        #expect(screen("/certn?challenge=abc", method: "POST") == .delivery)
    }

    private static let rejection = Screening.handshake(
        .text(400, "A challenge is 1 to 1024 printable ASCII characters.\n"), event: "challenge rejected")
}
