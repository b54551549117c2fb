import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Certn Centric: keys and paths")
struct CentricAccessTests {
    private static func error(_ code: String, _ detail: String) -> JSON {
        JSON(
            parsing: JSON.object([
                .init("type", "client_error"),
                .init("errors", [["code": .string(code), "detail": .string(detail), "attr": nil]]),
            ]).bytes) ?? .null
    }

    @Test(
        "without the right key nobody is let in",
        arguments: [
            (nil, 401, "not_authenticated", "Authentication credentials were not provided."),
            ("Bearer sk_test_sandbox", 401, "not_authenticated", "Authentication credentials were not provided."),
            ("Api-Key sk_test_other", 401, "authentication_failed", "Invalid API key."),
            (
                "Api-Key sk_live_1", 403, "permission_denied",
                "You do not have permission to perform this action."
            ),
        ] as [(String?, Int, String, String)])
    func refusesKeys(value: String?, status: Int, code: String, detail: String) {
        var bench = CertnBench.centric
        let headers = value.map { [HeaderLine("Authorization", $0)] } ?? []
        let reply = bench.call("GET", "/api/public/cases/x/", headers: headers)
        #expect(reply.status == status)
        #expect(reply.certnJSON == Self.error(code, detail))
        #expect(bench.authorized("GET", "/cases/x/").status == 404)
    }

    @Test(
        "what is not there is not found",
        arguments: [
            "/cases/123e4567-e89b-42d3-a456-426614174000/", "/cases/report-files/x/", "/nothing/", "/cases/x/cancel/",
            "/a/b/c/d/",
        ])
    func notFound(target: String) {
        var bench = CertnBench.centric
        let reply = bench.authorized("GET", target)
        #expect(reply.status == 404)
        #expect(reply.certnJSON == Self.error("not_found", "Not found."))
    }

    @Test(
        "a method that a path does not have is refused",
        arguments: [
            ("GET", "/cases/order/"), ("PUT", "/cases/order-package/"), ("POST", "/cases/report-files/x/"),
        ])
    func refusesMethod(method: String, target: String) {
        var bench = CertnBench.centric
        let reply = bench.authorized(method, target)
        #expect(reply.status == 405)
        #expect(reply.certnJSON == Self.error("method_not_allowed", "Method \"\(method)\" not allowed."))
    }

    @Test("a method that a case does not have is refused")
    func refusesCaseMethod() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        for (method, path) in [("DELETE", ""), ("GET", "cancel/"), ("GET", "generate-report/")] {
            #expect(bench.authorized(method, "/cases/\(id)/\(path)").status == 405)
        }
        #expect(bench.authorized("GET", "/cases/\(id)/nothing/").status == 404)
    }

    @Test("paths of others are left to them", arguments: ["/", "/api/v1/users/", "/token/", "/certn/onboarding"])
    func others(target: String) {
        var bench = CertnBench.centric
        let request = APIRequest(method: "GET", target: target)
        #expect(bench.inWorld { $0.answer(request, &$1) } == nil)
    }
}
