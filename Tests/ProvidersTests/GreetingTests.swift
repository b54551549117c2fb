import Deliveries
import Providers
import Testing

@Suite("Deliveries and connectivity tests of Certn and Certificall")
struct GreetingTests {
    @Test("a GET or HEAD is greeted", arguments: ["GET", "HEAD"])
    func greeted(_ method: String) {
        for provider in [CertnProvider(), CertificallProvider()] as [any Provider] {
            guard case .greeting(let answer, let event) = provider.screen(.with(method: method), redirects: .none)
            else {
                Issue.record("\(provider.name) does not greet")
                continue
            }
            #expect(answer.status == 200)
            #expect(event == "connectivity test")
            #expect(HeaderFields(answer.headers).onlyValue(named: "X-Content-Type-Options") == "nosniff")
        }
    }

    @Test("any other method is a delivery to be verified", arguments: ["POST", "PUT", "DELETE", "get", ""])
    func deliveries(_ method: String) {
        for provider in [CertnProvider(), CertificallProvider()] as [any Provider] {
            #expect(provider.screen(.with(method: method), redirects: .none) == .delivery)
        }
    }
}
