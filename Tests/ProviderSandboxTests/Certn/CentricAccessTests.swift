import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certn Centric: keys and paths")
struct CentricAccessTests {
    private static func error(_ code: String, _ detail: String) -> JSON {
        ["type": "client_error", "errors": [["code": "\(code)", "detail": "\(detail)", "attr": nil]]]
    }

    @Test(
        "calls without the right key are rejected",
        arguments: [
            (nil, 401, "not_authenticated", "Authentication credentials were not provided."),
            ("Bearer sk_test_sandbox", 401, "not_authenticated", "Authentication credentials were not provided."),
            ("Api-Key sk_test_other", 401, "authentication_failed", "Invalid API key."),
            (
                "Api-Key sk_live_1", 403, "permission_denied",
                "You do not have permission to perform this action."
            ),
        ] as [(String?, Int, String, String)])
    func rejectsKeys(value: String?, status: Int, code: String, detail: String) {
        let bench = CentricDesk.open()
        let headers = value.map { [HeaderField("Authorization", $0)] } ?? []
        let reply = bench.call("GET", "/api/public/cases/x/", headers: headers)
        #expect(reply.status == status)
        #expect(reply.json == Self.error(code, detail))
        #expect(bench.authorized("GET", "/cases/x/").status == 404)
    }

    @Test(
        "a request for an unknown resource gets 404",
        arguments: [
            "/cases/123e4567-e89b-42d3-a456-426614174000/", "/cases/report-files/x/", "/nothing/", "/cases/x/cancel/",
            "/a/b/c/d/",
        ])
    func notFound(target: String) {
        let bench = CentricDesk.open()
        let reply = bench.authorized("GET", target)
        #expect(reply.status == 404)
        #expect(reply.json == Self.error("not_found", "Not found."))
    }

    @Test(
        "a method that a path does not support is rejected",
        arguments: [
            ("GET", "/cases/order/"), ("PUT", "/cases/order-package/"), ("POST", "/cases/report-files/x/"),
        ])
    func rejectsMethod(method: String, target: String) {
        let bench = CentricDesk.open()
        let reply = bench.authorized(method, target)
        #expect(reply.status == 405)
        #expect(reply.json == Self.error("method_not_allowed", "Method \"\(method)\" not allowed."))
    }
}
