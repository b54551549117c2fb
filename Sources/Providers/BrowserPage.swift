package import Deliveries

/// What a browser gets that a provider sent back to us.
package enum BrowserPage {
    /// The address in a visitor's browser may hold a code, so no page is cached and none tells its address further.
    private static let privateHeaders = [
        HeaderField("Cache-Control", "no-store"),
        HeaderField("Referrer-Policy", "no-referrer"),
        HeaderField("X-Content-Type-Options", "nosniff"),
    ]

    /// A 303 to an allowed place, or the plain page that says all is done.
    static func response(wish: String?, redirects: RedirectPolicy) -> Response {
        guard let destination = redirects.destination(for: wish) else {
            return page(
                200, title: "Thank you",
                text: "That worked. You can close this window and go back to where you came from.")
        }
        return Response(status: 303, headers: [HeaderField("Location", destination)] + privateHeaders)
    }

    /// The page for a visitor whom the provider sent back with an error.
    static let unsuccessful = page(
        200, title: "Not completed",
        text: "The authorisation was not completed. You can close this window and try again.")

    /// The page for an address that lacks its code.
    static let incomplete = page(
        400, title: "Incomplete link",
        text: "This link is not complete. Please open it again from the message you received.")

    /// The page for a visitor whose request could not be kept now.
    package static let tryAgain = page(
        503, title: "Please try again",
        text: "We could not record your visit just now. Please wait a few seconds and reload this page.",
        headers: [HeaderField("Retry-After", "5")])

    /// The page for an address that is longer than what is kept.
    package static let tooLong = page(
        414, title: "Link too long",
        text: "This link is longer than expected. Please open it again from the message you received.")

    /// A small page that loads nothing.
    private static func page(
        _ status: Int, title: StaticString, text: StaticString, headers: [HeaderField] = []
    ) -> Response {
        let html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 20vh auto 0; max-width: 26rem; padding: 0 1.5rem; color: #1d2a35; }
            h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
            @media (prefers-color-scheme: dark) { body { background: #14191d; color: #dfe6eb; } }
            </style>
            </head>
            <body><h1>\(title)</h1><p>\(text)</p></body>
            </html>

            """
        let pageHeaders = [
            HeaderField("Content-Type", "text/html; charset=utf-8"),
            HeaderField(
                "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ]
        return Response(status: status, headers: headers + pageHeaders + privateHeaders, body: Array(html.utf8))
    }
}
