import Deliveries
import Providers
import Testing

@Suite("Deliveries and connectivity tests of Certn and Certificall")
struct HandshakeTests {
    @Test("a GET or HEAD is greeted", arguments: ["GET", "HEAD"])
    func handshake(_ method: String) {
        for provider in [CertnProvider(), CertificallProvider()] as [any Provider] {
            guard case .handshake(let response, let event) = provider.screen(.with(method: method), redirects: .none)
            else {
                Issue.record("\(provider.name) does not greet")
                continue
            }
            #expect(response.status == 200)
            #expect(event == "connectivity test")
            #expect(HeaderFields(response.headers).onlyValue(named: "X-Content-Type-Options") == "nosniff")
        }
    }

    @Test("any other method is a delivery to be verified", arguments: ["POST", "PUT", "DELETE", "get", ""])
    func deliveries(_ method: String) {
        for provider in [CertnProvider(), CertificallProvider()] as [any Provider] {
            #expect(provider.screen(.with(method: method), redirects: .none) == .delivery)
        }
    }
}
