define(`TITLE', `Tide table')dnl
<!doctype html>
<title>TITLE</title>
<p>High water at noon.</p>
