import Journal
import Testing

@testable import Diagnosis

@Suite("Files of an archive")
struct FileFindingsTests {
    private static func states(
        folder: Int = 0o700, file: Int = 0o600, log: Int? = nil, owner: Int = 1000, user: Int = 1000
    ) -> [Finding.State] {
        FileFindings.modes(
            folder: ("/a", FileFacts(mode: folder, ownerID: owner, byteCount: 0)),
            files: [
                ("/a/b", FileFacts(mode: file, ownerID: owner, byteCount: 0)),
                ("/a/b-wal", log.map { FileFacts(mode: $0, ownerID: owner, byteCount: 0) }),
            ], userID: user
        ).map(\.state)
    }

    @Test("files that others can read cause a warning; a folder that others can change is a problem")
    func modes() {
        #expect(Self.states() == [.fine])
        #expect(Self.states(log: 0o600) == [.fine])
        #expect(Self.states(file: 0o640) == [.warning])
        #expect(Self.states(log: 0o604) == [.warning])
        #expect(Self.states(folder: 0o755) == [.warning])
        #expect(Self.states(folder: 0o770) == [.problem])
        #expect(Self.states(folder: 0o702) == [.problem])
    }

    @Test("a file that another user owns is a problem, unless the process runs as root")
    func owner() {
        #expect(Self.states(user: 1001) == [.problem])
        #expect(Self.states(user: 0) == [.fine])
    }

    @Test(
        "disks are fine, file systems in memory or containers cause a warning, and network file systems are a problem",
        arguments: [
            ("ext4", Finding.State.fine), ("xfs", .fine), ("btrfs", .fine), ("zfs", .fine), ("tmpfs", .warning),
            ("overlay", .warning), ("fuse.rclone", .problem), ("fuseblk", .warning), ("9p", .warning), (nil, .warning),
            ("nfs4", .problem),
            ("cifs", .problem), ("fuse.sshfs", .problem),
        ] as [(String?, Finding.State)])
    func fileSystem(type: String?, state: Finding.State) {
        let finding = FileFindings.fileSystem(type, folder: "/a")
        #expect(finding.state == state)
        #expect((finding.advice == nil) == (state == .fine || type == nil))
    }

    @Test("a path belongs to the deepest mount that contains it")
    func mounts() {
        let table = MountTable(
            """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            23 22 0:21 / /srv rw - tmpfs tmpfs rw
            24 22 0:22 / /srv/my\\040data rw shared:2 master:1 - xfs /dev/sdb rw
            25 22 0:23 / /srv rw - nfs4 host:/a rw
            nonsense
            26 22 0:24 / /x rw -
            """)
        #expect(table.type(of: "/srv/my data/a") == "xfs")
        #expect(table.type(of: "/srv/mine") == "nfs4")
        #expect(table.type(of: "/srv") == "nfs4")
        #expect(table.type(of: "/srvx") == "ext4")
        #expect(MountTable("").type(of: "/") == nil)
    }

    @Test("file modes are written in octal")
    func text() {
        #expect(FileFacts.text(0o600) == "0600")
        #expect(FileFacts.text(0o4755) == "4755")
    }
}
