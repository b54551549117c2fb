import Deliveries
import Redaction
import TestKit
import Testing

@testable import Presentation

@Suite("Requests on a terminal")
struct RequestViewTests {
    private static let request = InboundRequest.fixture(
        headers: HeaderFields([
            HeaderField("Referer", "https://u:p@h.example/a?code=x&mail=ana@example.com"),
            HeaderField("X-Session-Id", "s"), HeaderField("X-Contact", "ana@example.com"),
        ]))

    @Test("if a header contains credentials and personal data, both are masked")
    func headers() {
        let view = RequestView(request: Self.request, bodySHA256: [], secrets: ProviderSecrets())
        #expect(
            view.headerLines == [
                "Referer: https://[masked]@h.example/a?code=[masked]&mail=a•••@example.com",
                "X-Session-Id: [masked]", "X-Contact: a•••@example.com",
            ])
    }

    @Test("revealed headers are unchanged")
    func revealed() {
        let view = RequestView(
            request: Self.request, bodySHA256: [], secrets: ProviderSecrets(), isRevealed: true)
        #expect(view.maskedHeaders == Self.request.headers.fields)
    }
}
