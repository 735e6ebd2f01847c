"""Small documents that we wrote ourselves in the manner of what people bring; each shows constructs seen in real ones."""

from __future__ import annotations

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<style>
<!--
 /* Font Definitions */
 @font-face
	{font-family:Calibri;
	panose-1:2 15 5 2 2 2 4 3 2 4;}
 /* Style Definitions */
 p.MsoNormal, li.MsoNormal, div.MsoNormal
	{mso-style-unhide:no;
	margin:0cm;
	margin-bottom:.0001pt;
	font-size:11.0pt;
	font-family:"Calibri","sans-serif";
	mso-fareast-language:EN-US;}
a:link, span.MsoHyperlink
	{mso-style-priority:99;
	color:blue;
	text-decoration:underline;}
a:visited, span.MsoHyperlinkFollowed
	{color:purple;}
@page WordSection1
	{size:595.3pt 841.9pt;
	margin:70.85pt 70.85pt 2.0cm 70.85pt;}
div.WordSection1
	{page:WordSection1;}
 @list l0:level1
	{mso-level-number-format:bullet;}
ol
	{margin-bottom:0cm;}
-->
</style>
<!--[if gte mso 10]>
<style> table.MsoNormalTable {mso-style-name:"Table Normal"; font-size:10.0pt;} </style>
<![endif]-->
</head>
<body lang=EN-US link=blue vlink=purple style='tab-interval:36.0pt'>
<div class=WordSection1>
<p class=MsoNormal align=center style='text-align:center'><b style='mso-bidi-font-weight:normal'>
<span style='font-size:16.0pt;font-family:"Georgia","serif"'>Spring at the clinic<o:p></o:p></span></b></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table class=MsoNormalTable border=0 cellpadding=0 style='border-collapse:collapse'>
 <tr style='mso-yfti-irow:0'>
  <td width=200 valign=top style='width:150.0pt;padding:0cm 5.4pt 0cm 5.4pt'>
  <p class=MsoNormal>Opening hours</p>
  </td>
  <td width=100 style='width:75.0pt'><p class=MsoNormal>9:00 to 17:00</p></td>
 </tr>
</table>
<![if !supportLists]><span style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'> </span></span><![endif]>
<p class=MsoNormal><a href="https://clinic.example/book">Book a session</a></p>
</div>
</body>
</html>
"""

GOOGLE_DOCS = """<html><head><meta content="text/html; charset=UTF-8" http-equiv="content-type"><style type="text/css">
@import url('https://fonts.example/css?family=Lato');ul.lst-kix_a-0{list-style-type:none}.lst-kix_a-0>li:before{content:"\\0025cf  "}
ol{margin:0;padding:0}table td,table th{padding:0}.c0{color:#000000;font-weight:400;text-decoration:none;vertical-align:baseline;
font-size:11pt;font-family:"Arial";font-style:normal}.c1{padding-top:0pt;padding-bottom:0pt;line-height:1.15;orphans:2;widows:2;
text-align:left}.c3{background-color:#ffffff;max-width:451.4pt;padding:72pt 72pt 72pt 72pt}.c4{color:inherit;text-decoration:inherit}
.title{padding-top:0pt;color:#000000;font-size:26pt;padding-bottom:3pt}h1{padding-top:20pt;color:#000000;font-size:20pt}
p{margin:0;color:#000000;font-size:11pt;font-family:"Arial"}li{color:#000000;font-size:11pt;font-family:"Arial"}
</style></head><body class="c3 doc-content"><h1 class="c1" id="h.1"><span class="c0">What is new</span></h1>
<p class="c1"><span class="c0">We have a </span><span><a class="c4" href="https://www.google.com/url?q=https://clinic.example&amp;sa=D">new room</a></span></p>
<ul class="c5 lst-kix_a-0 start"><li class="c1 li-bullet-0"><span class="c0">Quiet</span></li><li class="c1"><span>Bright</span></li></ul>
<p class="c1 c6"><span class="c0"></span></p></body></html>
"""

COLUMNS = """<!doctype html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" lang="en">
<head>
  <title>Columns</title>
  <!--[if !mso]><!-->
  <meta http-equiv="X-UA-Compatible" content="IE=edge">
  <!--<![endif]-->
  <style type="text/css">
    #outlook a { padding:0; }
    body { margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%; }
    table, td { border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt; }
    img { border:0;height:auto;line-height:100%; outline:none;text-decoration:none;-ms-interpolation-mode:bicubic; }
    p { display:block;margin:13px 0; }
  </style>
  <!--[if lte mso 11]>
  <style type="text/css"> .group-fix { width:100% !important; } </style>
  <![endif]-->
  <style type="text/css">
    @media only screen and (min-width:480px) {
      .column-50 { width:50% !important; max-width: 50%; }
      .column-100 { width:100% !important; max-width: 100%; }
    }
  </style>
  <style media="screen and (min-width:480px)">
    .moz-text-html .column-50 { width:50% !important; max-width: 50%; }
  </style>
</head>
<body style="word-spacing:normal;background-color:#eeeeee;">
  <div style="display:none;font-size:1px;max-height:0px;overflow:hidden;">A preview nobody sees below</div>
  <div style="background-color:#eeeeee;" role="article">
    <!--[if mso | IE]><table align="center" border="0" style="width:600px;" width="600"><tr><td><![endif]-->
    <div style="margin:0px auto;max-width:600px;">
      <table align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="width:100%;">
        <tbody><tr><td style="direction:ltr;font-size:0px;padding:20px 0;text-align:center;">
          <div class="column-50 group-fix" style="font-size:0px;text-align:left;display:inline-block;width:100%;">
            <p>Left</p></div>
          <div class="column-50 group-fix" style="font-size:0px;text-align:left;display:inline-block;width:100%;">
            <p>Right</p></div>
        </td></tr></tbody>
      </table>
    </div>
    <!--[if mso | IE]></td></tr></table><![endif]-->
  </div>
</body>
</html>
"""

GRID = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<style>
.wrapper { width: 100%; }
body { width: 100% !important; min-width: 100%; margin: 0; Margin: 0; padding: 0; box-sizing: border-box; }
.ExternalClass { width: 100%; }
.ExternalClass, .ExternalClass p, .ExternalClass td { line-height: 100%; }
table { border-spacing: 0; border-collapse: collapse; }
td { word-wrap: break-word; -webkit-hyphens: auto; hyphens: auto; border-collapse: collapse !important; }
table, tr, td { padding: 0; vertical-align: top; text-align: left; }
@media only screen { html { min-height: 100%; background: #f3f3f3; } }
table.row { padding: 0; width: 100%; position: relative; }
td.columns { margin: 0 auto; padding-left: 16px; padding-bottom: 16px; }
td.columns.last { padding-right: 16px; }
td.large-6 { width: 274px; }
h1, h2 { color: inherit; font-family: Helvetica, Arial, sans-serif; font-weight: normal; }
h1 { font-size: 34px } h1, p { margin: 0 0 10px 0 }
a { color: #2199e8; text-decoration: none; }
a:hover, a:active { color: #147dc2; }
table.button table td { text-align: left; color: #fefefe; background: #2199e8; border: 2px solid #2199e8; }
table.button table td a { font-weight: bold; color: #fefefe; padding: 8px 16px; display: inline-block; border-radius: 3px; }
table.button:hover table tr td a { color: #fefefe; }
table.alert table td { background: #cc4b37 !important; }
@media only screen and (max-width: 596px) {
  table.body img { width: auto; height: auto; }
  td.columns { height: auto !important; box-sizing: border-box; padding-left: 8px !important; }
  td.small-12 { display: inline-block !important; width: 100% !important; }
  h1 { font-size: 24px }
  .hide-for-large { display: block !important; width: auto !important; max-height: none !important; }
  .show-for-large { display: none !important; }
}
</style></head>
<body><table class="body" data-made-by-hand><tr><td class="center" align="center" valign="top"><center>
<table class="row"><tbody><tr>
<td class="small-12 large-6 columns first"><h1>Two columns</h1><p>One</p></td>
<td class="small-12 large-6 columns last" style="padding-right: 4px"><h2>Other</h2>
<table class="button"><tr><td><table><tr><td><a href="https://clinic.example/book">Book</a></td></tr></table></td></tr></table>
<p class="hide-for-large" style="display:none;max-height:0;overflow:hidden">On phones</p><p class="show-for-large">On desks</p>
</td></tr></tbody></table></center></td></tr></table></body></html>
"""

DARK = """<!DOCTYPE html>
<html lang="en"><head><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="https://fonts.example/css?family=Inter">
<style>
:root { color-scheme: light dark; --accent: #7a4; --gap: calc(4px * 2); }
*:not(br):not(tr):not(html) { font-family: Arial, 'Helvetica Neue', sans-serif; box-sizing: border-box; }
* { margin: 0 }
body { background: #fff; background: linear-gradient(#fff, #eee); color: #333; }
.card { padding: var(--gap); border: 1px solid var(--accent); border-left-width: 4px; }
.card .title { font: bold 18px/1.4 Georgia, serif; color: #222 !important; }
.card > p:first-of-type + p { text-transform: uppercase; letter-spacing: .05em }
[class~="card"] a[href^="https"] { color: #7a4; }
a[href^="tel"] { color: inherit; }
:is(h1, h2).title { margin-top: 3px }
td:nth-child(2n+1) { background-color: #f8f8f8 }
td:last-child, th:last-child { text-align: right }
@supports (display: grid) { .card { max-width: min(100%, 520px) } }
@media (prefers-color-scheme: dark) { body, .card { background: #111 !important; color: #eee !important } .title { color: #fff !important } }
@media (max-width: 480px) { .card { padding: 4px; border-width: 0 } td { display: block } .narrow { width: auto } }
[data-ogsc] .title { color: #fff !important; }
u + .body .gmail { display: none }
@font-face { font-family: X; src: url(https://fonts.example/x.woff2) }
</style></head>
<body class="body"><div class="card"><h2 class="title">Title</h2><p>One <a href="https://clinic.example">link</a></p><p>Two</p>
<p style="color:red; color: rgb(1 2 3)">Three <a href="tel:+15550100">call</a></p>
<table class="narrow" style="width:300px"><tr><th>Session</th><th>Price</th></tr><tr><td>First</td><td>100</td></tr></table>
<img src="https://clinic.example/a.png" width="200" height="100" alt="The room"></div></body></html>
"""

BROKEN = """<style>p, b { color: green } td { padding: 3px } table > tr > td { color: red } tbody td { color: blue }
.x { color: red; } } .y { color: orange } .z { background: url(data:image/png;base64,AA==); color: teal }
a::b:c { color: red } i { color: re/**/d } .half { font-weight: bold
</style>
<p>Open <b>bold <p class=x>still bold<table><tr><td>In a table<td class='z y' style=color:navy>Next</table>
<div class=z>Not in it <ul><li>One<li>Two</ul><i>slanted</i>
<p id=last class="half y
z">The end
"""

EVERY = {
    "word": WORD,
    "google docs": GOOGLE_DOCS,
    "columns": COLUMNS,
    "grid": GRID,
    "dark": DARK,
    "broken": BROKEN,
}
