import Deliveries
import Providers
import Testing

@Suite("Finding the source of a path")
struct SourceTableTests {
    private func table(_ paths: [String]) -> SourceTable {
        SourceTable(paths.map { Source(name: $0, provider: KlaviProvider(), path: $0, originPolicy: .unchecked) })
    }

    @Test(
        "a source handles its path and the paths below it, and the longest source path takes precedence",
        arguments: [
            ("/certn", "/certn"), ("/certn/", "/certn"), ("/certn/any/where", "/certn"),
            ("/certn/legacy", "/certn/legacy"),
            ("/certn/legacy/x", "/certn/legacy"), ("/certn/legacyx", "/certn"), ("/klavi//", "/klavi"),
            ("/certnx", nil), ("/cert", nil), ("/Certn", nil), ("certn", nil), ("/", nil), ("", nil),
            ("/certn%2Flegacy", nil),
            ("/klavi?x", nil), ("//klavi", nil),
        ] as [(String, String?)])
    func paths(_ path: String, _ name: String?) {
        #expect(table(["/certn", "/klavi", "/certn/legacy"]).source(at: path)?.name == name)
        #expect(table(["/certn/legacy", "/klavi", "/certn"]).source(at: path)?.name == name)
    }

    @Test("a source at the root does not handle the paths of other sources")
    func root() {
        let table = table(["/", "/klavi"])
        #expect(table.source(at: "/klavi/x")?.name == "/klavi")
        #expect(table.source(at: "/klavix")?.name == "/")
        #expect(table.source(at: "/")?.name == "/")
        #expect(table.source(at: "") == nil)
    }

    @Test("a source is found only by its exact name")
    func names() {
        let table = table(["/klavi", "/certn"])
        #expect(table.source(named: "/klavi")?.path == "/klavi")
        #expect(table.source(named: "/Klavi") == nil)
        #expect(SourceTable([]).source(named: "") == nil)
    }
}
