/// The mails that EZiD would have sent, on pages: `/mailbox` and `/mailbox/1`. The link in a mail leads the browser to
/// the customer, as a click in a mail program would.
struct EZiDMailbox: Sendable {
    private struct Mail: Sendable {
        let recipient: String
        let link: String
        let sentAt: String
    }

    /// Mails on one page of the list.
    static let listLimit = 200

    private var mails = RecentRecords<Int, Mail>()
    private var nextNumber = 1

    mutating func add(to recipient: String, link: String, sentAt: String) {
        mails[nextNumber] = Mail(recipient: recipient, link: link, sentAt: sentAt)
        nextNumber += 1
    }

    /// Nil for a path that is not the mailbox's.
    func answer(_ request: APIRequest, _ world: World) -> APIReply? {
        guard request.method == "GET", request.path.first == "mailbox", request.path.count <= 2 else { return nil }
        guard let last = request.path.dropFirst().first else { return list(for: request.queryValue("email"), world) }
        guard let number = Int(last), let mail = mails[number] else {
            return .page(404, title: "No such mail", "<p>There is no mail with this number.</p>")
        }
        return .page(
            title: "Your sign-in link",
            """
            <dl><dt>To</dt><dd id="recipient">\(HTML.escaped(mail.recipient))</dd>
            <dt>Sent</dt><dd>\(mail.sentAt)</dd></dl>
            <p>Somebody, probably you, wants to sign in with this address.</p>
            <p><a id="magic-link" class="button" rel="noreferrer" href="\(HTML.escaped(mail.link))">Sign in</a></p>
            <p>If it was not you, do nothing: the link stops working by itself.</p>
            """)
    }

    private func list(for email: String?, _ world: World) -> APIReply {
        var rows = ""
        var count = 0
        for number in mails.keys.reversed() {
            guard let mail = mails[number], email == nil || email?.lowercased() == mail.recipient.lowercased() else {
                continue
            }
            rows += "<li><a href=\"\(world.baseURL)/mailbox/\(number)\">Your sign-in link</a>, "
            rows += "to \(HTML.escaped(mail.recipient)), \(mail.sentAt)</li>"
            count += 1
            if count == Self.listLimit { break }
        }
        return .page(title: "Mailbox", rows.isEmpty ? "<p>No mail.</p>" : "<ul>\(rows)</ul>")
    }
}
