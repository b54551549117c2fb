import Testing

@testable import TerminalOutput

@Suite("Selection of the pager")
struct PagerCommandTests {
    private static func pager(
        _ environment: [String: String], _ programs: Set<String> = ["/usr/bin/less", "/bin/more"]
    )
        -> PagerCommand?
    {
        let environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        return PagerCommand(environment: environment) { programs.contains($0) }
    }

    @Test("the pager is 'less' unless a variable names another pager, and Callbox's own variable takes precedence")
    func choice() {
        #expect(Self.pager([:])?.path == "/usr/bin/less")
        #expect(Self.pager([:])?.arguments == ["less", "-FRX"])
        #expect(Self.pager(["PAGER": "more"])?.path == "/bin/more")
        #expect(Self.pager(["PAGER": "less", "CALLBOX_PAGER": "more -s  -f"])?.arguments == ["more", "-s", "-f"])
        #expect(Self.pager(["CALLBOX_PAGER": "", "PAGER": ""])?.path == "/usr/bin/less")
        #expect(Self.pager(["PAGER": "/opt/p"], ["/opt/p"])?.path == "/opt/p")
    }

    @Test("no pager is used if the pager is not installed, its name is blank or TERM is 'dumb'")
    func none() {
        #expect(Self.pager([:], []) == nil)
        #expect(Self.pager(["PAGER": "most"]) == nil)
        #expect(Self.pager(["PAGER": "/usr/bin/more"]) == nil)
        #expect(Self.pager(["TERM": "dumb"]) == nil)
        #expect(Self.pager(["PAGER": " "]) == nil)
        #expect(Self.pager(["PATH": ""]) == nil)
    }

    @Test("the pager is started without a shell")
    func noShell() {
        #expect(Self.pager(["PAGER": "less; rm -rf /"]) == nil)
        #expect(Self.pager(["PAGER": "less $(id) | cat"])?.arguments == ["less", "$(id)", "|", "cat"])
    }

    @Test("'less' quits if the output fits on one screen, unless the variable LESS is set")
    func lessOptions() {
        #expect(Self.pager([:])?.environment["LESS"] == "FRX")
        #expect(Self.pager(["LESS": "S"])?.environment["LESS"] == "S")
    }
}
