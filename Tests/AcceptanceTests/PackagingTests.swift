import Foundation
import TestKit
import Testing

@Suite("The Debian package", .programs)
struct PackagingTests {
    private static let canPackage = FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-deb")

    private static let files = [
        "etc/callbox/callbox.yaml", "lib/systemd/system/callbox.service", "lib/systemd/system/callbox.socket",
        "usr/bin/callbox", "usr/bin/callbox-sandbox", "usr/share/bash-completion/completions/callbox",
        "usr/share/doc/callbox/copyright", "usr/share/doc/callbox/examples/callbox.conf",
        "usr/share/fish/vendor_completions.d/callbox.fish", "usr/share/man/man1/callbox.1.gz",
        "usr/share/zsh/site-functions/_callbox",
    ]

    @Test(
        "installs programs, units and a configuration that `config check` accepts, and keeps the archive when purged",
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

    private func run(
        _ program: String, _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> ChildProcess.Result {
        let result = try ChildProcess.run(URL(filePath: program), arguments, environment: environment)
        guard result.status == 0 else { throw Unsuccessful(text: "\(program): \(result.text)\(result.error)") }
        return result
    }
}
