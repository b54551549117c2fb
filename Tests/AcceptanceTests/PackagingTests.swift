import Foundation
import TestKit
import Testing

@Suite("The Debian package", .programs)
struct PackagingTests {
    private static let canPackage = FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-deb")

    private static let files = [
        "etc/callbox/callbox.yaml", "lib/systemd/system/callbox.service", "lib/systemd/system/callbox.socket",
        "usr/bin/callbox", "usr/bin/callbox-sandbox", "usr/share/bash-completion/completions/callbox",
        "usr/share/bash-completion/completions/callbox-sandbox", "usr/share/doc/callbox/changelog.gz",
        "usr/share/fish/vendor_completions.d/callbox-sandbox.fish", "usr/share/man/man1/callbox-sandbox.1.gz",
        "usr/share/zsh/vendor-completions/_callbox-sandbox",
        "usr/share/doc/callbox/copyright", "usr/share/doc/callbox/examples/callbox.conf",
        "usr/share/fish/vendor_completions.d/callbox.fish", "usr/share/man/man1/callbox.1.gz",
        "usr/share/zsh/vendor-completions/_callbox",
    ]

    @Test(
        "the package installs programs, units and a valid configuration, and keeps the archive when it is purged",
        .enabled(if: canPackage, "dpkg-deb is not installed"))
    func installs() throws {
        let folder = try TemporaryFolder()
        let root = folder.path(of: "root")
        let built = try run(
            ProjectFolder.root.appending(path: "scripts/deb.sh").path(), [],
            ["BINARIES": BuiltBinary.folder.path(), "DEB_COMPRESSION": "none", "DEB_FOLDER": folder.path(of: "deb")])
        let package = try #require(built.lines.last { $0.hasPrefix("built: ") }).dropFirst("built: ".count)
        for directory in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(directory)", withIntermediateDirectories: true)
        }
        try Data().write(to: URL(filePath: "\(root)/var/lib/dpkg/status"))
        let dpkg = [
            "--root=\(root)", "--force-not-root", "--force-script-chrootless", "--force-depends", "--force-bad-path",
        ]
        let installed = try run("/usr/bin/dpkg", dpkg + ["--install", String(package)])
        #expect(installed.text.contains("systemctl enable --now callbox"))
        for file in Self.files { #expect(FileManager.default.fileExists(atPath: "\(root)/\(file)"), "\(file)") }
        #expect(try run("\(root)/usr/bin/callbox", ["--version"]).lines.count == 1)
        try checkLibraries(of: ["\(root)/usr/bin/callbox", "\(root)/usr/bin/callbox-sandbox"], in: String(package))
        let secret = folder.path(of: "klavi")
        try Data("klavi-test-secret".utf8).write(to: URL(filePath: secret))
        let settings = try String(contentsOfFile: "\(root)/etc/callbox/callbox.yaml", encoding: .utf8)
            .replacing("/etc/callbox/secrets/klavi", with: secret)
        let configuration = folder.path(of: "callbox.yaml")
        try Data(settings.utf8).write(to: URL(filePath: configuration))
        _ = try run("\(root)/usr/bin/callbox", ["config", "check", "--config", configuration])
        try Data("kept".utf8).write(to: URL(filePath: "\(root)/var/lib/callbox/kept"))
        _ = try run("/usr/bin/dpkg", dpkg + ["--purge", "callbox"])
        #expect(!FileManager.default.fileExists(atPath: "\(root)/usr/bin/callbox"))
        #expect(FileManager.default.fileExists(atPath: "\(root)/var/lib/callbox/kept"))
    }

    /// Checks that the dependencies of the Debian package contain each shared library that the programs need.
    /// Exceptions are Swift's libraries, which a release links statically, and libraries that only other libraries
    /// need.
    private func checkLibraries(of programs: [String], in package: String) throws {
        let depends = try run("/usr/bin/dpkg-deb", ["--field", package, "Depends"]).text
            .split(separator: ",").compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
        let libraries = try programs.flatMap { program in
            try run("/usr/bin/objdump", ["-p", program]).lines.compactMap { $0.firstMatch(of: #/NEEDED +(lib\S+)/#)?.1 }
        }.filter { !$0.hasPrefix("libswift") && !$0.contains("Foundation") && !$0.hasPrefix("lib_") }
        #expect(libraries.contains { $0.contains("libsqlite3") } && libraries.contains { $0.contains("libpq") })
        for library in Set(libraries) where !["libdispatch.so", "libBlocksRuntime.so"].contains(library) {
            let owner = try run("/usr/bin/dpkg", ["--search", "*/\(library)"])
            let names = owner.lines.map { $0.split(separator: ":")[0] }
            #expect(names.contains { depends.contains(String($0)) }, "\(library) of \(names)")
        }
    }

    private func run(
        _ program: String, _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> ChildProcess.Result {
        let result = try ChildProcess.run(URL(filePath: program), arguments, environment: environment)
        guard result.status == 0 else { throw Unsuccessful(text: "\(program): \(result.text)\(result.error)") }
        return result
    }
}

@Suite("Files for service managers and containers", .programs)
struct ServiceFileTests {
    private static let packaging = ProjectFolder.root.appending(path: "packaging")
    private static let analyze = URL(filePath: "/usr/bin/systemd-analyze")
    private static let canAnalyze = FileManager.default.isExecutableFile(atPath: analyze.path())

    @Test(
        "systemd accepts the units, and rates the exposure of the service at 2.0 or less",
        .enabled(if: canAnalyze, "systemd-analyze is not installed"))
    func units() throws {
        let folder = try TemporaryFolder()
        let paths = try ["callbox.service", "callbox.socket"].map { name in
            let text = try String(contentsOf: Self.packaging.appending(path: name), encoding: .utf8)
                .replacing("/usr/local/bin/callbox", with: BuiltBinary.folder.appending(path: "callbox").path())
            try Data(text.utf8).write(to: URL(filePath: folder.path(of: name)))
            return folder.path(of: name)
        }
        let verified = try ChildProcess.run(Self.analyze, ["verify", "--man=no"] + paths)
        #expect(verified.status == 0 && verified.text + verified.error == "", "\(verified.text)\(verified.error)")
        let rated = try ChildProcess.run(Self.analyze, ["security", "--offline=true", "--threshold=20", paths[0]])
        #expect(rated.status == 0, "\(rated.lines.last ?? rated.error)")
        let bare = folder.path(of: "bare.service")
        try Data("[Service]\nExecStart=/bin/true\n".utf8).write(to: URL(filePath: bare))
        #expect(try ChildProcess.run(Self.analyze, ["security", "--offline=true", "--threshold=20", bare]).status != 0)
    }

    @Test("the Dockerfile and the compose file name only existing files")
    func containers() throws {
        func lines(_ name: String) throws -> [Substring] {
            try String(contentsOf: Self.packaging.appending(path: name), encoding: .utf8).split(separator: "\n")
        }
        func exists(_ path: Substring, in folder: URL) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: String(path)).path())
        }
        let copied = try lines("docker/Dockerfile").filter { $0.hasPrefix("COPY ") && !$0.contains("--from=") }
        #expect(copied.count >= 5)
        for line in copied {
            for path in line.split(separator: " ").dropFirst().dropLast() {
                #expect(exists(path, in: ProjectFolder.root), "\(line)")
            }
        }
        // The Dockerfile must copy every file that the build needs.
        let folders = try String(contentsOf: ProjectFolder.root.appending(path: "Package.swift"), encoding: .utf8)
            .matches(of: /path: "([^\/"]+)/).map(\.1)
        for folder in Set(folders) { #expect(copied.contains { $0.contains(folder) }, "\(folder) is not copied") }
        let compose = try lines("docker/compose.yaml").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(compose.contains("dockerfile: packaging/docker/Dockerfile"))
        #expect(compose.contains("- ./Caddyfile:/etc/caddy/Caddyfile:ro"))
        #expect(exists("docker/Caddyfile", in: Self.packaging))
    }

    @Test("docs/operations.md describes exactly the alerts that exist")
    func alerts() throws {
        let rules = try String(contentsOf: Self.packaging.appending(path: "prometheus-alerts.yaml"), encoding: .utf8)
        let page = try String(
            contentsOf: ProjectFolder.root.appending(path: "docs/operations.md"), encoding: .utf8)
        let alerts = rules.matches(of: /- alert: (\w+)/).map { String($0.1) }
        let described = page.matches(of: /(?m)^\| `(Callbox\w+)` \|/).map { String($0.1) }
        #expect(alerts == described)
        #expect(alerts.count >= 12)
    }
}
